/**
 * Why a provider could not be used, decided where the error is born.
 * `retryable` says whether the same request may succeed later; a fallback is tried for all of them.
 */
export type ProviderErrorCode =
  | 'bad_key'
  | 'no_credit'
  | 'quota_exceeded'
  | 'rate_limited'
  | 'model_not_found'
  | 'voice_not_found'
  | 'server_full'
  | 'bad_audio_format'
  | 'unreachable'
  | 'timeout'
  | 'protocol'
  | 'empty_answer'
  | 'not_configured'
  | 'provider_failed';

export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly code: ProviderErrorCode;
  /** The provider's name, such as `deepgram-stt`. */
  readonly provider: string;
  readonly retryable: boolean;
  /** Seconds the provider asked us to wait, where it did. */
  readonly retryAfterSeconds: number | undefined;

  /** `message` names the setting and what to do; it never holds a key or the caller's words. */
  constructor(
    code: ProviderErrorCode,
    provider: string,
    message: string,
    options: { retryable?: boolean; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(`${provider}: ${message}`, { cause: options.cause });
    this.code = code;
    this.provider = provider;
    this.retryable =
      options.retryable ??
      ['rate_limited', 'server_full', 'unreachable', 'timeout', 'empty_answer', 'provider_failed'].includes(code);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
