import type { IdempotencyStore } from './dispatch-ports.ts';
import { CallError } from './errors.ts';
import { newId } from './new-id.ts';
import { type CallRequest, type PlaceCallDependencies, placeCall, planCall, type PlannedCall } from './place-call.ts';
import type { StoredResponse } from './ports.ts';

/** How long a request may take before another one with its key takes over. */
const lockSeconds = 30;

/**
 * Places a call, and with a key only once: a repetition gets the answer of the first request, and no second call. A request
 * that died half-way is taken over under the id that it gave its call, so that the call is found rather than made again.
 * @param once `id` names the key, `requestHash` what was asked for, `field` the key as the client knows it; `conflict` is told
 *   when the key belongs to another request
 * @throws CallError what `planCall` throws, `idempotency_conflict`, `idempotency_in_flight`
 */
export async function placeOnce(
  order: {
    request: CallRequest;
    once?: { id: string; requestHash: string; field: string; conflict: string };
    /** The answer, which is kept to be given again. */
    answer: (callId: string, planned: PlannedCall) => StoredResponse;
  },
  deps: PlaceCallDependencies & { idempotency: IdempotencyStore },
): Promise<{ response: StoredResponse; callId: string | undefined; replayed: boolean }> {
  const { request, once, answer } = order;
  const { lead } = request;
  const ownId = newId('call');
  if (!once) {
    const planned = await planCall(request, deps);
    await placeCall({ id: ownId, planned, lead }, deps);
    return { response: answer(ownId, planned), callId: ownId, replayed: false };
  }
  const { id: keyId, requestHash, field, conflict } = once;
  const claim = await deps.idempotency.claim({ id: keyId, requestHash, resourceId: ownId, lockSeconds });
  if (claim.is === 'answered') return { response: claim.response, callId: undefined, replayed: true };
  if (claim.is === 'conflict') throw new CallError('idempotency_conflict', conflict, { field });
  if (claim.is === 'in_flight')
    throw new CallError(
      'idempotency_in_flight',
      `The same request is being worked on. Send it again in ${claim.retryAfterSeconds} s.`,
      { field, details: { retry_after_seconds: claim.retryAfterSeconds } },
    );
  const id = claim.resourceId;
  try {
    const planned = await planCall(request, deps);
    const response = answer(id, planned);
    await placeCall({ id, planned, lead, idempotency: { id: keyId, response } }, deps);
    // The row of a request that died is there already, and what comes with a row is written only with it.
    if (id !== ownId) await deps.idempotency.complete(keyId, response);
    return { response, callId: id, replayed: false };
  } catch (error) {
    if (error instanceof CallError) await deps.idempotency.release(keyId);
    throw error;
  }
}
