import { APIConnectionError, APIStatusError, APITimeoutError } from '@livekit/agents';
import type { ProviderErrorCode } from '../errors.ts';
import { ProviderError } from '../errors.ts';
import { messageOf } from '../failure.ts';

/** The settings of a plugin as a sentence names them. */
export type PluginSettings = { key: string; address: string; model: string };

/** Where a plugin's own options are all there is. */
export const optionSettings: PluginSettings = {
  key: 'the option `apiKey` of the plugin, or the variable it reads',
  address: "the plugin's option for the address",
  model: 'the options of the plugin',
};

const networkCodes = /^(ECONN|ENOTFOUND|EAI_|EPIPE|EHOST|ENET|CERT_|ERR_TLS|ERR_SSL|SELF_SIGNED|UND_ERR)/;

/**
 * What an error that came out of a plugin means. A plugin says it with the SDK's errors, with a status on an error of its
 * own, or only in words (`ws` says `Unexpected server response: 401`).
 */
export function pluginFailure(provider: string, caught: unknown, settings: PluginSettings): ProviderError {
  if (caught instanceof ProviderError) return caught;
  const said = messageOf(caught).split('\n', 1)[0]?.slice(0, 200) ?? '';
  const made = (code: ProviderErrorCode, message: string, retryable?: boolean) =>
    new ProviderError(code, provider, message, { cause: caught, ...(retryable !== undefined && { retryable }) });
  if (caught instanceof APITimeoutError)
    return made('timeout', `the service did not answer in time (${said}). Check the network and ${settings.address}.`);
  const status = statusOf(caught);
  if (status === 401 || status === 403)
    return made('bad_key', `the key was refused (${said}). Correct ${settings.key}.`);
  if (status === 402)
    return made('no_credit', `the account of ${settings.key} has no credit left (${said}). Add credit.`);
  if (status === 404)
    return made('model_not_found', `there is no such model or address (${said}). Correct ${settings.model}.`);
  if (status === 429)
    return made(
      'rate_limited',
      `the service limits the rate (${said}). Raise the limit of the account, or take fewer calls at once (PARLEY_MAX_CALLS).`,
    );
  if (status === 400 && /model|voice|language/i.test(messageOf(caught)))
    return made('model_not_found', `there is no such model, voice or language (${said}). Correct ${settings.model}.`);
  if (status !== undefined && status >= 400 && status < 500)
    return made('protocol', `the service did not accept the request (${said}). Correct ${settings.model}.`);
  if (status !== undefined && status >= 500 && status < 600)
    return made('provider_failed', `the service failed (${said}). See its status page.`);
  // Without a status it is an error in the middle of an answer; with one from 1000 on, the code of a closed WebSocket.
  if (caught instanceof APIStatusError && caught.statusCode < 1000)
    return made('provider_failed', `the service failed (${said}). See its status page.`);
  if (caught instanceof APIConnectionError || caught instanceof APIStatusError || networkCodes.test(codeOf(caught)))
    return made('unreachable', `the connection broke (${said}). Check the network and ${settings.address}.`);
  return made('provider_failed', `the plugin failed (${said}).`);
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  for (const key of ['statusCode', 'status'] as const) {
    const value: unknown = (error as Record<string, unknown>)[key];
    if (typeof value === 'number' && value >= 400 && value < 600) return value;
  }
  const words = /(?:unexpected server response:|status(?: code)?|HTTP)\D{0,3}([45]\d\d)\b/i.exec(messageOf(error))?.[1];
  if (words) return Number(words);
  return error instanceof Error && error.cause !== undefined ? statusOf(error.cause) : undefined;
}

function codeOf(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; depth += 1, cause = cause.cause)
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
  return '';
}
