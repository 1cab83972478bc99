/** Why a request about trunks, rules or a live leg failed. What comes of a dialled number is a `DialOutcome`, not an error. */
export type TelephonyErrorCode =
  | 'livekit_unreachable'
  | 'livekit_refused_key'
  | 'sip_not_running'
  | 'trunk_not_found'
  | 'rule_not_found'
  | 'invalid_request'
  | 'already_exists'
  | 'failed';

export class TelephonyError extends Error {
  override readonly name = 'TelephonyError';
  readonly code: TelephonyErrorCode;

  constructor(code: TelephonyErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

type ServerErrorShape = { status?: number; code?: string; message?: string };

/** Turns what `livekit-server-sdk` throws into a TelephonyError whose message says what to do. */
export function telephonyError(error: unknown, doing: string): TelephonyError {
  if (error instanceof TelephonyError) return error;
  const { status, code, message } = error as ServerErrorShape;
  if (status === undefined)
    return new TelephonyError(
      'livekit_unreachable',
      `${doing}: livekit-server does not answer. Check LIVEKIT_URL.`,
      error,
    );
  if (status === 401)
    return new TelephonyError(
      'livekit_refused_key',
      `${doing}: livekit-server refused the key. Check LIVEKIT_API_KEY and LIVEKIT_API_SECRET.`,
      error,
    );
  if (code === 'not_found') return new TelephonyError('trunk_not_found', `${doing}: ${message}`, error);
  if (code === 'already_exists') return new TelephonyError('already_exists', `${doing}: ${message}`, error);
  if (code === 'invalid_argument') return new TelephonyError('invalid_request', `${doing}: ${message}`, error);
  // livekit-server without Redis has no SIP service: it answers these to every SIP request.
  if (code === 'unimplemented' || code === 'bad_route' || /sip not connected/i.test(message ?? ''))
    return new TelephonyError(
      'sip_not_running',
      `${doing}: this livekit-server has no SIP service. Run it with Redis and livekit-sip (see docker-compose.yml).`,
      error,
    );
  return new TelephonyError('failed', `${doing}: ${message ?? 'livekit-server failed'}`, error);
}
