import type { Context, ErrorHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from '@hono/zod-openapi';
import { CallError, type CallErrorCode, StoreError } from '../calls/errors.ts';
import type { ApiEnv, HttpDependencies } from './dependencies.ts';

/** What HTTP itself refuses, before or after a use case. */
export type HttpErrorCode =
  | 'malformed_request'
  | 'unauthenticated'
  | 'key_revoked'
  | 'key_expired'
  | 'origin_not_allowed'
  | 'scope_missing'
  | 'agents_read_only'
  | 'agent_changed'
  | 'route_not_found'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'range_not_satisfiable'
  | 'rate_limited'
  | 'internal_error'
  | 'database_unavailable';

export type ErrorCode = CallErrorCode | HttpErrorCode;

/** Every code of the API. `docs/errors.md` lists the same; a test compares the two. */
export const problems = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  invalid_cursor: { status: 400, title: 'The cursor is not one of ours' },
  unauthenticated: { status: 401, title: 'A valid API key is needed' },
  key_expired: { status: 401, title: 'The API key has expired' },
  key_revoked: { status: 401, title: 'The API key was revoked' },
  origin_not_allowed: { status: 403, title: 'The page may not ask this' },
  scope_missing: { status: 403, title: 'The API key may not do this' },
  agents_read_only: { status: 403, title: 'Agent files cannot be written here' },
  route_not_found: { status: 404, title: 'No such address' },
  agent_not_found: { status: 404, title: 'No such agent' },
  call_not_found: { status: 404, title: 'No such call' },
  chat_not_found: { status: 404, title: 'No such conversation' },
  campaign_not_found: { status: 404, title: 'No such campaign' },
  lead_not_found: { status: 404, title: 'No such lead' },
  webhook_not_found: { status: 404, title: 'No such webhook' },
  delivery_not_found: { status: 404, title: 'No such delivery' },
  trunk_not_found: { status: 404, title: 'No such trunk' },
  tool_run_not_found: { status: 404, title: 'No such run of a tool' },
  number_not_listed: { status: 404, title: 'The number is not on the list' },
  key_not_found: { status: 404, title: 'No such API key' },
  recording_not_found: { status: 404, title: 'No such recording' },
  method_not_allowed: { status: 405, title: 'The address does not take this method' },
  call_not_live: { status: 409, title: 'Nobody is on the line' },
  call_already_ended: { status: 409, title: 'The call has ended' },
  call_in_progress: { status: 409, title: 'The call is in progress' },
  call_taken_over: { status: 409, title: 'Somebody has taken the call over' },
  call_not_taken_over: { status: 409, title: 'Nobody has taken the call over' },
  not_a_phone_call: { status: 409, title: 'The call has no phone line' },
  campaign_state: { status: 409, title: 'The state of the campaign does not allow it' },
  recording_not_ready: { status: 409, title: 'The recording cannot be heard yet' },
  result_not_configured: { status: 409, title: 'The agent asks for no result' },
  webhook_disabled: { status: 409, title: 'The webhook is disabled' },
  tenant_exists: { status: 409, title: 'There is such a tenant' },
  trunk_exists: { status: 409, title: 'Another trunk or rule has it' },
  idempotency_conflict: { status: 409, title: 'The Idempotency-Key was used for another request' },
  idempotency_in_flight: { status: 409, title: 'A request with this Idempotency-Key is in flight' },
  agent_changed: { status: 412, title: 'Somebody else has changed the agent file' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body has the wrong media type' },
  range_not_satisfiable: { status: 416, title: 'The file is shorter than that' },
  invalid_request: { status: 422, title: 'The request is not valid' },
  invalid_variables: { status: 422, title: 'The variables do not fit the agent' },
  invalid_number: { status: 422, title: 'The phone number is not valid' },
  pipeline_not_found: { status: 422, title: 'No such pipeline' },
  pipeline_not_configured: { status: 422, title: 'The pipeline is not configured' },
  trunk_not_configured: { status: 422, title: 'No SIP trunk is configured' },
  blocked: { status: 422, title: 'A rule forbids the call' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'A defect in Parley' },
  database_unavailable: { status: 503, title: 'PostgreSQL cannot be used' },
  livekit_unavailable: { status: 503, title: 'LiveKit cannot be reached' },
  sip_unavailable: { status: 503, title: 'LiveKit has no SIP service' },
  recording_unavailable: { status: 503, title: 'The recording cannot be reached' },
  capacity_full: { status: 503, title: 'All lines are busy' },
} as const satisfies Record<ErrorCode, { status: ContentfulStatusCode; title: string }>;

/** The body of every error: `application/problem+json` (RFC 9457) with a stable `code`. */
export const problemSchema = z
  .looseObject({
    type: z.string().openapi({ example: '/docs#call_not_found' }),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(Object.keys(problems) as [ErrorCode, ...ErrorCode[]]),
    detail: z.string().describe('What was wrong and what to send instead.'),
    field: z.string().optional().describe('The field that caused it, as a dotted path.'),
    request_id: z.string().describe('Also in the X-Request-Id header and in the log.'),
  })
  .openapi('Problem');

/** A refusal by the HTTP layer; use cases throw `CallError`. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: HttpErrorCode;
  readonly headers: Record<string, string>;
  readonly details: Record<string, unknown>;

  constructor(
    code: HttpErrorCode,
    message: string,
    options: { headers?: Record<string, string>; details?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.code = code;
    this.headers = options.headers ?? {};
    this.details = options.details ?? {};
  }
}

/** Renders whatever a handler or middleware threw. */
export function renderErrors(deps: Pick<HttpDependencies, 'health'>): ErrorHandler<ApiEnv> {
  return (error, c) => problemOf(refusalOf(error, c, deps), c);
}

export type Refused = HttpError | CallError | HTTPException;

/**
 * What a failed request is told. What is not a refusal is logged with its stack and told without it; while PostgreSQL is
 * known to be away, or says itself that it cannot at the moment, it is taken for the outage.
 */
export function refusalOf(error: unknown, c: Context<ApiEnv>, { health }: Pick<HttpDependencies, 'health'>): Refused {
  if (error instanceof HttpError || error instanceof CallError || error instanceof HTTPException) return error;
  // Who broke off an upload is told nothing any more, and it is no defect of ours.
  if (c.req.raw.signal.aborted) {
    c.get('logger').debug({ requestId: c.get('requestId') }, 'the client left before its request was over');
    return new HttpError('malformed_request', 'The request broke off.');
  }
  const passes = error instanceof StoreError && error.passing;
  c.get('logger')[passes ? 'warn' : 'error']({ error, requestId: c.get('requestId') }, 'a request failed');
  return passes || health()['postgres']?.status === 'down' ? databaseIsAway() : defect();
}

/** A refusal as a response. */
export function problemOf(error: Refused, c: Context<ApiEnv>): Response {
  const { code, headers } = describe(error);
  const { status } = problems[code];
  return c.json(problemBody(error, c.get('requestId')), status, {
    ...headers,
    'Content-Type': 'application/problem+json',
  });
}

/** A refusal as the object of `problemSchema`. */
export function problemBody(error: Refused, requestId: string): z.infer<typeof problemSchema> {
  const { code, message, field, details } = describe(error);
  const { status, title } = problems[code];
  return {
    ...details,
    type: `/docs#${code}`,
    title,
    status,
    code,
    detail: message,
    ...(field !== undefined && { field }),
    request_id: requestId,
  };
}

function defect(): HttpError {
  const detail = 'The request met a defect in Parley. The log has the details under this request_id.';
  return new HttpError('internal_error', detail);
}

function databaseIsAway(): HttpError {
  return new HttpError(
    'database_unavailable',
    'PostgreSQL does not carry out statements at the moment. Send the request again in some seconds.',
    {
      headers: { 'Retry-After': '5' },
      details: { retry_after_seconds: 5 },
    },
  );
}

type Refusal = {
  code: ErrorCode;
  message: string;
  field?: string | undefined;
  details?: Record<string, unknown>;
  headers?: Record<string, string>;
};

function describe(error: Refused): Refusal {
  if (error instanceof HttpError) return error;
  if (error instanceof HTTPException) return ofException(error);
  const { code, message, field, details } = error;
  const wait = details['retry_after_seconds'];
  return { code, message, field, details, headers: typeof wait === 'number' ? { 'Retry-After': `${wait}` } : {} };
}

/** What Hono and its validators throw by themselves. */
function ofException(error: HTTPException): Refusal {
  if (error.status === 415)
    return { code: 'unsupported_media_type', message: 'Send the body with the Content-Type that /docs names.' };
  return { code: 'malformed_request', message: 'The body is not valid JSON. Send one JSON object.' };
}
