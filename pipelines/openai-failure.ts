import OpenAI from 'openai';
import { ProviderError } from './errors.ts';
import { networkFailure, waiting } from './failure.ts';

type Where = { provider: string; url: string; keySetting: string; urlSetting: string; modelSetting: string };

/** What an error of the OpenAI client means, for any server that speaks its protocol. */
export function openaiFailure(error: unknown, where: Where): ProviderError {
  const { provider, url, keySetting, urlSetting, modelSetting } = where;
  if (error instanceof ProviderError) return error;
  if (error instanceof OpenAI.APIConnectionError || !(error instanceof OpenAI.APIError))
    return networkFailure(error, { provider, url, setting: urlSetting });
  // An error in the middle of a stream comes with HTTP 200: its own code then takes the place of the status.
  const status = error.status ?? Number(error.code ?? (error.error as { code?: unknown } | undefined)?.code);
  const said = (error.error as { message?: string } | undefined)?.message ?? error.message;
  const wait = waiting(error.headers?.get('retry-after'));
  const made = (...[code, message, options]: [ProviderError['code'], string, { retryable?: boolean }?]) =>
    new ProviderError(code, provider, message, { ...wait, ...options, cause: error });

  if (status === 401) return made('bad_key', `the key was refused. Set ${keySetting} to a valid key.`);
  if (status === 402) return made('no_credit', `the account has no credit left. Add credit, then try again.`);
  if (status === 404 || (status === 400 && /model/i.test(said)))
    return made('model_not_found', `the model was not found (${said}). Correct ${modelSetting}.`);
  if (status === 408 || status === 504 || status === 524)
    return made('timeout', `the provider behind it took too long (${status}).`);
  if (status === 429) return made('rate_limited', `too many requests${waitText(wait)}.`);
  if (status === 403) return made('provider_failed', `the request was refused (${said}).`, { retryable: false });
  if (status === 413 || status === 400 || status === 422)
    return made('protocol', `the request was not accepted (${status}: ${said}).`);
  return made('provider_failed', `it failed (${status || 'no status'}: ${said}).`);
}

function waitText({ retryAfterSeconds }: { retryAfterSeconds?: number }): string {
  return retryAfterSeconds === undefined ? '' : `; it asks to wait ${retryAfterSeconds} s`;
}
