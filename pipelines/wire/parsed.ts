import { z } from 'zod';
import { ProviderError } from '../errors.ts';

/** Reads one message of a server. @throws ProviderError `protocol` where it is none of the protocol */
export function parsed<M>(
  schema: z.ZodType<M>,
  text: string,
  { provider, setting }: { provider: string; setting: string },
): M {
  const message = z.preprocess(fromJson, schema).safeParse(text);
  if (message.success) return message.data;
  const [issue] = message.error.issues;
  const where = issue?.path.join('.') || 'the message';
  throw new ProviderError(
    'protocol',
    provider,
    `the server speaks another protocol (${where}: ${issue?.message}). Correct ${setting}.`,
  );
}

function fromJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
