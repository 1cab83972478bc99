import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from '../dependencies.ts';
import { CallError } from '../../calls/errors.ts';
import { HttpError } from '../problem.ts';

const maxDepth = 32;
/** Of a list or an object: what a campaign takes at once. Validators look at every one before they say that there are too many. */
const maxEntries = 5_000;

/**
 * Refuses what PostgreSQL cannot store: the character U+0000, half surrogate pairs, and JSON nested too deep or with too much in one
 * place to handle. A body that
 * is no JSON is looked at by its route, which knows its encoding.
 */
export function checkContent(): MiddlewareHandler<ApiEnv> {
  return async function checkContent(c, next) {
    if (!isStorable(decode(c.req.url)))
      throw new CallError('invalid_request', 'The address holds the character U+0000. Leave it out.');
    const mediaType = c.req.header('content-type') ?? '';
    if (/^application\/([a-z.-]+\+)?json\b/i.test(mediaType)) checkStorable(await parse(c.req));
    await next();
  };
}

async function parse(request: { text(): Promise<string> }): Promise<unknown> {
  const text = await request.text();
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    throw new HttpError('malformed_request', 'The body is not valid JSON. Send one JSON object.');
  }
}

/**
 * Looks at every key and string without recursion, which deep nesting could exhaust.
 * @throws CallError `invalid_request`
 */
export function checkStorable(json: unknown): void {
  const open = [{ value: json, path: [] as string[] }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && !isStorable(value)) throw refusal(path, 'holds a character that is not text');
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= maxDepth)
      throw refusal(path.slice(0, 3), `is nested deeper than ${maxDepth} levels`, 'Send less in it.');
    const entries = Object.entries(value);
    if (entries.length > maxEntries) throw refusal(path, `has more than ${maxEntries} entries`, 'Send fewer.');
    for (const [key, inner] of entries) {
      if (!isStorable(key)) throw refusal(path, 'has a key that is not text');
      open.push({ value: inner, path: [...path, key] });
    }
  }
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function decode(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url.replaceAll(/%00/g, '\0');
  }
}

function refusal(path: string[], fault: string, instead = 'Send plain text.'): CallError {
  const field = path.join('.');
  return new CallError('invalid_request', `${field ? `\`${field}\`` : 'The body'} ${fault}. ${instead}`, {
    ...(field && { field }),
  });
}
