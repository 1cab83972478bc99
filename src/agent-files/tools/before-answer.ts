import { z } from 'zod';
import { didYouMean } from '../did-you-mean.ts';
import type { FieldPath } from '../front-matter.ts';
import { variablesIn } from '../render-variables.ts';
import { checkUrl, type ToolChecks } from './check-tools.ts';

/** A caller hears it ring for so long at most before what the backend says does not count any more, milliseconds. */
export const longestBeforeAnswerMs = 1_500;

/** Whom to ask about a call while it rings. */
export const beforeAnswerSchema = z.strictObject({
  url: z.string().min(1).describe('Where your backend is asked, with a POST.'),
  secret: z
    .string()
    .min(1)
    .describe('Name of the secret that signs the request, as webhooks are signed: `whsec_` and base64.'),
  timeout_ms: z
    .number()
    .int()
    .min(100)
    .max(longestBeforeAnswerMs)
    .default(longestBeforeAnswerMs)
    .describe('What is answered later does not count.'),
});

export type BeforeAnswer = z.output<typeof beforeAnswerSchema>;

type Found = { path: FieldPath; message: string };

/** What is wrong with `before_answer`: an address that is refused, a secret that is not there or cannot sign. */
export function checkBeforeAnswer(
  value: unknown,
  checks: Pick<ToolChecks, 'secrets' | 'urlProblem'> & { cannotSign?: ((secret: string) => boolean) | undefined },
): Found[] {
  const asked = value === undefined ? undefined : beforeAnswerSchema.safeParse(value).data;
  if (!asked) return [];
  const path = ['before_answer', 'url'];
  const [name] = variablesIn(asked.url);
  const found =
    name === undefined
      ? checkUrl(asked.url, path, checks)
      : [{ path, message: `uses {{${name}}}, and it is asked before anything is known: write the address out` }];
  return [...found, ...checkSecret(asked.secret, checks)];
}

function checkSecret(secret: string, { secrets, cannotSign }: Parameters<typeof checkBeforeAnswer>[1]): Found[] {
  const path = ['before_answer', 'secret'];
  if (secrets && !secrets.includes(secret)) {
    const meant = didYouMean(secret, secrets);
    const cure = meant
      ? `did you mean \`${meant}\`?`
      : 'set it in the environment, or in the file that PARLEY_SECRETS_FILE names';
    return [{ path, message: `there is no secret "${secret}"; ${cure}` }];
  }
  if (!cannotSign?.(secret)) return [];
  const message = `the secret ${secret} cannot sign: it has to be \`whsec_\` and 24 to 64 bytes in base64, as of a webhook`;
  return [{ path, message }];
}
