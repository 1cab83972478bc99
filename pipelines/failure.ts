import { ProviderError } from './errors.ts';

/** Whose failure it is, and the setting to look at. */
export type Where = { provider: string; url: string; setting: string };

const tlsCodes = /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** Says in words why no connection came about or why it broke, and which setting to look at. */
export function networkFailure(error: unknown, { provider, url, setting }: Where): ProviderError {
  if (error instanceof ProviderError) return error;
  const { host, hostname } = new URL(url);
  const code = codeOf(error);
  const made = (kind: 'unreachable' | 'timeout', message: string, retryable = true) =>
    new ProviderError(kind, provider, message, { retryable, cause: error });
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return made('unreachable', `the host name ${hostname} is not known (DNS). Correct ${setting}.`);
  if (code === 'ECONNREFUSED')
    return made('unreachable', `nothing listens at ${host}. Start the server, or correct ${setting}.`);
  if (tlsCodes.test(code))
    return made(
      'unreachable',
      `TLS with ${host} failed (${code}). Use a valid certificate, or correct the scheme of ${setting}.`,
      false,
    );
  if (code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT' || /timed out|timeout/i.test(messageOf(error)))
    return made('timeout', `${host} did not answer in time. Check the network, or correct ${setting}.`);
  const broke = `the connection to ${host} broke (${code || messageOf(error)})`;
  return made('unreachable', `${broke}. Check the network and the server of ${setting}.`);
}

function codeOf(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; depth += 1) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
    if (cause instanceof AggregateError && cause.errors.length > 0) return codeOf(cause.errors[0]);
    cause = cause.cause;
  }
  return '';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `Retry-After` in seconds, given as a number or as a date; undefined where it is absent or senseless. */
export function retryAfterSeconds(value: string | null | undefined): number | undefined {
  if (!value) return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

/** Options of a ProviderError, with the wait where the provider asked for one. */
export function waiting(value: string | null | undefined): { retryAfterSeconds?: number } {
  const seconds = retryAfterSeconds(value);
  return seconds === undefined ? {} : { retryAfterSeconds: seconds };
}
