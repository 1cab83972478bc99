import type { IncomingHttpHeaders } from 'node:http';
import { ProviderError } from './errors.ts';
import { waiting } from './failure.ts';

/** What the Deepgram providers have in common: one key, one address, one way to say no. */
export const deepgramUrl = 'wss://api.deepgram.com';

export function deepgramAddress(
  url: string,
  path: string,
  query: Record<string, string | string[] | undefined>,
): string {
  const address = new URL(path, url.replace(/^http/, 'ws'));
  for (const [name, value] of Object.entries(query))
    for (const item of value === undefined ? [] : [value].flat()) address.searchParams.append(name, item);
  return address.href;
}

/** A handshake that was answered with an HTTP status: the reason is in `dg-error` and in the body's `err_msg`. */
export function deepgramRefusal(
  provider: string,
  { status, headers, body }: { status: number; headers: IncomingHttpHeaders; body: string },
): ProviderError {
  const said = (/"err_msg"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? String(headers['dg-error'] ?? '')).trim();
  const made = (...[code, message, options]: [ProviderError['code'], string, { retryAfterSeconds?: number }?]) =>
    new ProviderError(code, provider, message, options);
  if (status === 401) return made('bad_key', 'the key was refused. Set DEEPGRAM_API_KEY to a valid key.');
  if (status === 402) return made('no_credit', 'the Deepgram project has no credit left. Add credit, then try again.');
  if (status === 403)
    return made('bad_key', `the key may not do this (${said}). Give it the right, or set another DEEPGRAM_API_KEY.`);
  if (status === 429)
    return made(
      'rate_limited',
      'too many streams at once for this project. Raise its limit, or take fewer calls at once.',
      waiting(headers['retry-after']),
    );
  if (status === 400 && /model|language|tier/i.test(said))
    return made(
      'model_not_found',
      `no such model for this language (${said}). Correct DEEPGRAM_MODEL or the language.`,
    );
  if (status === 404) return made('protocol', 'the address has no such service. Correct DEEPGRAM_URL.');
  if (status >= 500) return made('provider_failed', `Deepgram failed (${status} ${said}).`);
  return made('protocol', `Deepgram did not accept the request (${status} ${said}).`);
}

/** 1008 `DATA-0000`: not the declared audio; 1011 `NET-0000` and `NET-0001`: one side said nothing for too long. */
export function deepgramClose(provider: string, code: number, reason: string): ProviderError | undefined {
  if (code === 1000 || code === 1005) return undefined;
  if (code === 1008)
    return new ProviderError('bad_audio_format', provider, `the audio was not understood (${reason}).`);
  return new ProviderError('unreachable', provider, `Deepgram closed the stream (${code} ${reason}).`);
}
