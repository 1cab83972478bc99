import type { IncomingHttpHeaders } from 'node:http';
import { ProviderError } from '../errors.ts';
import { waiting } from '../failure.ts';

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

/** The settings to look at, as a sentence names them. */
export type DeepgramSettings = { provider: string; urlSetting: string; modelSetting: string };

/** A handshake that was answered with an HTTP status: the reason is in `dg-error` and in the body's `err_msg`. */
export function deepgramRefusal(
  { provider, urlSetting, modelSetting }: DeepgramSettings,
  { status, headers, body }: { status: number; headers: IncomingHttpHeaders; body: string },
): ProviderError {
  const said = (/"err_msg"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? String(headers['dg-error'] ?? '')).trim();
  const made = (...[code, message, options]: [ProviderError['code'], string, { retryAfterSeconds?: number }?]) =>
    new ProviderError(code, provider, message, options);
  if (status === 401) return made('bad_key', 'the key was refused. Set DEEPGRAM_API_KEY to a valid key.');
  if (status === 402)
    return made(
      'no_credit',
      'the project of DEEPGRAM_API_KEY has no credit left. Add credit, or set a key of another.',
    );
  if (status === 403)
    return made('bad_key', `the key may not do this (${said}). Give it the right, or set another DEEPGRAM_API_KEY.`);
  if (status === 429)
    return made(
      'rate_limited',
      'too many requests at once for the project of DEEPGRAM_API_KEY. Raise its limit, or take fewer calls at once (PARLEY_MAX_CALLS).',
      waiting(headers['retry-after']),
    );
  if (status === 400 && /model|language|tier/i.test(said))
    return made(
      'model_not_found',
      `no such model for this language (${said}). Correct ${modelSetting} or the language.`,
    );
  if (status === 404) return made('protocol', `the address has no such service. Correct ${urlSetting}.`);
  if (status >= 500)
    return made(
      'provider_failed',
      `Deepgram failed (${status} ${said}). See its status page, or the log of the server of ${urlSetting}.`,
    );
  return made('protocol', `Deepgram did not accept the request (${status} ${said}).`);
}

/** 1008 `DATA-0000`: not the declared audio; 1011 `NET-0000` and `NET-0001`: one side said nothing for too long. */
export function deepgramClose(provider: string, code: number, reason: string): ProviderError | undefined {
  if (code === 1000 || code === 1005) return undefined;
  if (code === 1008)
    return new ProviderError(
      'bad_audio_format',
      provider,
      `the audio was not understood (${reason}). Correct DEEPGRAM_URL: its server must take 16-bit samples at 16 kHz.`,
    );
  return new ProviderError(
    'unreachable',
    provider,
    `Deepgram closed the stream (${code} ${reason}). Check the network, or the server of DEEPGRAM_URL.`,
  );
}
