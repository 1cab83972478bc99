import { ProviderError } from '../errors.ts';
import { waiting } from '../failure.ts';

const provider = 'elevenlabs-tts';

type Said = { status: number; code: string; message: string; retryAfter?: string | null | undefined };

/**
 * What an answer of ElevenLabs means. Its own word decides before the status does: a used-up quota comes as 401, which is
 * not a wrong key, and an unknown voice as 400, 401 or 404.
 */
export function elevenlabsFailure({ status, code, message, retryAfter }: Said): ProviderError {
  const made = (kind: ProviderError['code'], text: string, retryable?: boolean) =>
    new ProviderError(kind, provider, text, {
      ...waiting(retryAfter),
      ...(retryable !== undefined && { retryable }),
    });
  const about = `${code} ${message}`.trim();
  const says = (...words: string[]) => words.every((word) => about.toLowerCase().includes(word));
  if (/quota_exceeded/.test(about))
    return made('quota_exceeded', 'the quota of ELEVENLABS_API_KEY is used up. Raise it, or wait for the next period.');
  if (says('voice_id_does_not_exist') || says('voice', 'not', 'found'))
    return made('voice_not_found', 'there is no such voice. Correct ELEVENLABS_VOICE_ID.');
  if (says('model') && (says('not', 'found') || says('not', 'exist') || says('invalid')))
    return made('model_not_found', `there is no such model (${message}). Correct the option model.`);
  if (status === 402 || /only_for|subscription|payment|can_not_use/i.test(about))
    return made(
      'no_credit',
      `the subscription of ELEVENLABS_API_KEY does not include this (${message}). Raise it, or choose another voice or model.`,
    );
  if (status === 401 || /invalid_api_key/.test(about))
    return made('bad_key', 'the key was refused. Set ELEVENLABS_API_KEY to a valid key.');
  if (/too_many_concurrent|max_active_conversations/.test(about))
    return made(
      'server_full',
      'too many requests at once for the subscription of ELEVENLABS_API_KEY. Raise it, or take fewer calls at once (PARLEY_MAX_CALLS).',
    );
  if (status === 429 || /system_busy/.test(about))
    return made(
      'rate_limited',
      'ElevenLabs is busy or limits the rate. Wait, or raise the subscription of ELEVENLABS_API_KEY.',
    );
  if (status >= 500) return made('provider_failed', `ElevenLabs failed (${status} ${message}).`);
  return made('protocol', `ElevenLabs did not accept the request (${status} ${about.trim()}).`);
}

/** An HTTP answer: `detail` is an object, a text, or the list of a failed validation. */
export function elevenlabsRefusal(status: number, body: string, retryAfter?: string | null): ProviderError {
  let detail: unknown;
  try {
    detail = (JSON.parse(body) as { detail?: unknown }).detail;
  } catch {
    detail = body.slice(0, 200);
  }
  const first: unknown = Array.isArray(detail) ? detail[0] : detail;
  const {
    status: word = '',
    code = word,
    message,
    msg,
  } = (typeof first === 'object' && first !== null ? first : {}) as {
    status?: string;
    code?: string;
    message?: string;
    msg?: string;
  };
  const text = message ?? msg ?? (typeof first === 'string' ? first : '');
  return elevenlabsFailure({ status, code: `${word} ${code}`, message: text, retryAfter });
}
