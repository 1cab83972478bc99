import OpenAI from 'openai';
import { ProviderError } from '../errors.ts';
import { networkFailure, waiting } from '../failure.ts';

/** The settings to look at, as a sentence names them. */
type Where = {
  provider: string;
  url: string;
  keySetting: string;
  urlSetting: string;
  modelSetting: string;
  voiceSetting?: string;
};

type Refusal = {
  status: number;
  said: string;
  code?: unknown;
  retryAfter?: string | null | undefined;
  cause?: unknown;
};

/** What an error of the OpenAI client means, for any server that speaks its protocol. */
export function openaiFailure(error: unknown, where: Where): ProviderError {
  const { provider, url, urlSetting } = where;
  if (error instanceof ProviderError) return error;
  if (error instanceof OpenAI.APIConnectionError || !(error instanceof OpenAI.APIError))
    return networkFailure(error, { provider, url, setting: urlSetting });
  // An error in the middle of a stream comes with HTTP 200: its own code then takes the place of the status.
  const status = error.status ?? Number(error.code ?? (error.error as { code?: unknown } | undefined)?.code);
  const said = (error.error as { message?: string } | undefined)?.message ?? error.message;
  return openaiRefusal(
    { status, said, code: error.code, retryAfter: error.headers?.get('retry-after'), cause: error },
    where,
  );
}

/** What an answer means that is no success. `error` is an object, a text, or absent, with its message beside it. */
export async function openaiAnswer(response: Response, where: Where): Promise<ProviderError> {
  const body = await response.text();
  const said = /"message"\s*:\s*"([^"]*)"|"error"\s*:\s*"([^"]*)"/.exec(body)?.slice(1).find(Boolean) ?? '';
  const code = /"code"\s*:\s*"([^"]*)"/.exec(body)?.[1];
  return openaiRefusal({ status: response.status, said, code, retryAfter: response.headers.get('retry-after') }, where);
}

function openaiRefusal({ status, said, code, retryAfter, cause }: Refusal, where: Where): ProviderError {
  const { provider, keySetting, urlSetting, modelSetting, voiceSetting } = where;
  const wait = waiting(retryAfter);
  const made = (...[kind, message, options]: [ProviderError['code'], string, { retryable?: boolean }?]) =>
    new ProviderError(kind, provider, message, { ...wait, ...options, cause });
  const isWrong = status === 400 || status === 404 || status === 422;

  if (status === 401) return made('bad_key', `the key was refused. Set ${keySetting} to a valid key.`);
  if (status === 402)
    return made(
      'no_credit',
      `the account has no credit left. Add credit, or set ${keySetting} to a key of another one.`,
    );
  // OpenAI says 429 to a used-up account, which no waiting fixes, and OpenRouter 403 to a key that reached its limit.
  if (code === 'insufficient_quota' || (status === 403 && /limit exceeded/i.test(said)))
    return made('quota_exceeded', `the quota is used up (${said}). Raise it, or set ${keySetting} to another key.`);
  if (isWrong && voiceSetting && /voice/i.test(said))
    return made('voice_not_found', `there is no such voice (${said}). Correct ${voiceSetting}.`);
  if (status === 404 || (isWrong && /model/i.test(said) && !/context|too long/i.test(said)))
    return made(
      'model_not_found',
      `there is no such model or address (${said}). Correct ${modelSetting}, or ${urlSetting}.`,
    );
  if (status === 415 || (isWrong && /file format|decod/i.test(said)))
    return made('bad_audio_format', `the server does not take WAV of 16-bit samples (${said}). Correct ${urlSetting}.`);
  if (status === 408 || status === 504 || status === 524)
    return made('timeout', `the provider behind it took too long (${status}). Choose another model: ${modelSetting}.`);
  if (status === 429)
    return made(
      'rate_limited',
      `too many requests${waitText(wait)}. Raise the limit of ${keySetting}, or take fewer calls at once (PARLEY_MAX_CALLS).`,
    );
  if (status === 403)
    return made('provider_failed', `the request was refused (${said}). Check what ${keySetting} may do.`, {
      retryable: false,
    });
  if (status >= 400 && status < 500) return made('protocol', `the request was not accepted (${status}: ${said}).`);
  return made('provider_failed', `it failed (${status || 'no status'}: ${said}). See the log of ${urlSetting}.`);
}

function waitText({ retryAfterSeconds }: { retryAfterSeconds?: number }): string {
  return retryAfterSeconds === undefined ? '' : `; it asks to wait ${retryAfterSeconds} s`;
}
