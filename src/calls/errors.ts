/** What a use case refuses, without any HTTP. `src/http/problem.ts` maps each code to a status; `docs/errors.md` lists them. */
export type CallErrorCode =
  | 'agent_not_found'
  | 'pipeline_not_found'
  | 'pipeline_not_configured'
  | 'call_not_found'
  | 'chat_not_found'
  | 'call_not_live'
  | 'call_already_ended'
  | 'call_in_progress'
  | 'call_taken_over'
  | 'call_not_taken_over'
  | 'not_a_phone_call'
  | 'result_not_configured'
  | 'invalid_variables'
  | 'invalid_number'
  | 'blocked'
  | 'trunk_not_configured'
  | 'idempotency_conflict'
  | 'idempotency_in_flight'
  | 'livekit_unavailable'
  | 'capacity_full'
  | 'campaign_not_found'
  | 'campaign_state'
  | 'lead_not_found'
  | 'number_not_listed'
  | 'webhook_not_found'
  | 'webhook_disabled'
  | 'delivery_not_found'
  | 'trunk_not_found'
  | 'trunk_exists'
  | 'tenant_exists'
  | 'sip_unavailable'
  | 'key_not_found'
  | 'tool_run_not_found'
  | 'recording_not_found'
  | 'recording_not_ready'
  | 'recording_unavailable'
  | 'invalid_cursor'
  | 'invalid_request';

export class CallError extends Error {
  override readonly name = 'CallError';
  readonly code: CallErrorCode;
  /** The field of the request that caused it, as a dotted path. */
  readonly field: string | undefined;
  /** What a caller of the API may read besides `message`: allowed values, the rule, seconds to wait. */
  readonly details: Record<string, unknown>;

  /** `message` may be shown to the caller of the API and says what to send instead. */
  constructor(
    code: CallErrorCode,
    message: string,
    options: { field?: string; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.field = options.field;
    this.details = options.details ?? {};
  }
}

/** A statement that the database did not carry out. It holds no value of the statement, so that it can be logged. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  /** SQLSTATE, or the code of the system when the database was not reached. */
  readonly code: string;
  /** Whether the same statement may succeed in some seconds: the database is away, full, or takes no writes. */
  readonly passing: boolean;
  readonly constraint: string | undefined;
  /** The text of the statement, with `$1` in place of its values. */
  readonly statement: string | undefined;

  constructor(message: string, failure: { code: string; passing: boolean; constraint?: string; statement?: string }) {
    super(message);
    this.code = failure.code;
    this.passing = failure.passing;
    this.constraint = failure.constraint;
    this.statement = failure.statement;
  }
}
