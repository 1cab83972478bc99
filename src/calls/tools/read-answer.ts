import type { ToolOutcome } from './tool-outcome.ts';

/** What a far end said. `body` is undefined when it was longer than anybody reads. */
export type HttpAnswer = {
  status: number;
  contentType: string;
  retryAfter: string | undefined;
  body: string | undefined;
};

type Reading = {
  /** Which part of the JSON is told. */
  path?: string | undefined;
  max_chars: number;
};

/** The outcome that an HTTP answer means. `safe`: the request cannot have had an effect (RFC 9110 §9.2.1). */
export function readHttpAnswer(
  answer: HttpAnswer,
  { reading, safe }: { reading: Reading; safe: boolean },
): ToolOutcome {
  const { status } = answer;
  const notDone = safe ? 'failed' : 'unknown';
  if (status === 202) return { is: 'waiting', status };
  if (status >= 200 && status < 300) return readContent(answer, { reading, notDone });
  if (status >= 300 && status < 400)
    // 307 and 308 ask for the same request elsewhere; the others may stand for one that was carried out.
    return {
      is: status >= 307 ? 'failed' : notDone,
      status,
      note: `The server points elsewhere (status ${status}), where nothing is sent.`,
    };
  if (status === 429 || status === 503)
    return { is: 'failed', status, note: `The server has no time for it now (status ${status}).` };
  const said = readContent(answer, { reading, notDone });
  const told = said.is === 'done' && said.answer !== undefined ? { answer: said.answer } : {};
  if (status >= 400 && status < 500) return { is: 'refused', status, ...told };
  return { is: notDone, status, note: `The server failed (status ${status}).` };
}

function readContent(
  { status, contentType, body }: HttpAnswer,
  { reading, notDone }: { reading: Reading; notDone: 'failed' | 'unknown' },
): ToolOutcome {
  if (body === undefined) return { is: 'done', status, note: 'The answer is longer than 1 MB, and cannot be used.' };
  if (/^(?:text\/html|application\/xhtml)/i.test(contentType) || /^\s*<(?:!doctype|html)\b/i.test(body))
    return { is: notDone, status, note: 'The server answered with a web page in place of data.' };
  if (body.trim() === '') return { is: 'done', status };
  const isJson = /[/+]json\b/i.test(contentType);
  const value = parsed(body);
  if (value === undefined && isJson)
    return { is: notDone, status, note: 'The server answered with something that is not JSON, though it says so.' };
  return { is: 'done', status, ...select(value ?? body.trim(), reading) };
}

/** The part of an answer that is told, cut to its length. */
export function select(value: unknown, { path, max_chars: longest }: Reading): Pick<ToolOutcome, 'answer' | 'note'> {
  const part = path === undefined ? value : at(value, path);
  if (part === undefined) return { note: `There is no \`${path}\` in the answer.` };
  const text = typeof part === 'string' ? part : JSON.stringify(part);
  if (text.length <= longest) return { answer: part };
  return { answer: text.slice(0, longest).toWellFormed(), note: 'The answer is longer; this is its beginning.' };
}

function at(value: unknown, path: string): unknown {
  return path
    .split(/[.[\]]/)
    .filter(Boolean)
    .reduce<unknown>(
      (part, step) =>
        typeof part === 'object' && part !== null && Object.hasOwn(part, step)
          ? (part as Record<string, unknown>)[step]
          : undefined,
      value,
    );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
