import type { Hook } from '@hono/zod-openapi';
import type { z } from 'zod';
import { CallError } from '../../calls/errors.ts';
import type { ApiEnv } from '../dependencies.ts';

/** Refuses a request whose schema refused it. */
export const refuseInvalid: Hook<unknown, ApiEnv, string, undefined> = (result) => {
  if (!result.success) throw invalidRequest(result.error);
};

/** What a schema refused as `invalid_request`, with every fault in `errors` and the first one as `field`. */
export function invalidRequest(error: Pick<z.ZodError, 'issues'>): CallError {
  const errors = error.issues.map((issue) => ({ field: issue.path.join('.'), message: explain(issue) }));
  const [first] = errors;
  return new CallError('invalid_request', errors.map(({ message }) => message).join(' '), {
    ...(first?.field && { field: first.field }),
    details: { errors },
  });
}

function explain(issue: z.core.$ZodIssue): string {
  const name = issue.path.length > 0 ? `\`${issue.path.join('.')}\`` : 'The request';
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return `${name} is missing: send ${issue.expected === 'object' ? 'an object' : `a value of type ${issue.expected}`}.`;
  if (issue.code === 'invalid_type' && issue.message.endsWith('received NaN')) return `${name} must be a number.`;
  // A record says only that a key is wrong; why is one level down.
  const { message } = (issue.code === 'invalid_key' && issue.issues[0]) || issue;
  return `${name}: ${message}.`.replace(/(?<!\.)\.+$/, '.');
}
