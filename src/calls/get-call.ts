import type { Call } from './call.ts';
import { CallError } from './errors.ts';
import type { CallStore } from './ports.ts';

/** @throws CallError `call_not_found`, also for a call of another tenant */
export async function getCall(calls: CallStore, { id, tenantId }: { id: string; tenantId: string }): Promise<Call> {
  const call = await calls.findCall(id, tenantId);
  if (call) return call;
  throw new CallError('call_not_found', 'There is no such call. GET /api/calls lists them.', { field: 'id' });
}
