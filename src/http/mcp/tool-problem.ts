import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { CallError, type CallErrorCode } from '../../calls/errors.ts';
import { problemBody, type Refused } from '../problem.ts';

/** What use cases say of the routes, as whoever has only the tools can act on it. */
const inToolTerms: Partial<Record<CallErrorCode, { message: string; field: string }>> = {
  call_not_found: { message: 'There is no such call. list_calls lists them.', field: 'call_id' },
  lead_not_found: { message: 'There is no such lead. Send its email and name instead of an id.', field: 'lead' },
};

/** A refusal as the result of a tool: the problem that the API would answer, as JSON. */
export function toolProblem(error: Refused, requestId: string): CallToolResult {
  const told = error instanceof CallError ? inToolTerms[error.code] : undefined;
  const {
    type: _type,
    title: _title,
    status: _status,
    ...problem
  } = problemBody(
    told && error instanceof CallError ? new CallError(error.code, told.message, { field: told.field }) : error,
    requestId,
  );
  return { isError: true, content: [{ type: 'text', text: JSON.stringify(problem) }] };
}
