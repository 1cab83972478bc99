import type { IdempotencyStore } from '../admission/dispatch-ports.ts';
import { CallError } from '../errors.ts';
import { newId } from '../new-id.ts';
import { type CallRequest, type PlaceCallDependencies, placeCall, planCall, type PlannedCall } from './place-call.ts';
import type { NewCall, StoredResponse } from '../ports.ts';

/**
 * What a request is known by: `id` names the key, `requestHash` what was asked for, `field` the key as the client knows it;
 * `conflict` is told when the key belongs to another request.
 */
type Once = { id: string; requestHash: string; field: string; conflict: string };
type Order = {
  request: CallRequest;
  once?: Once;
  audit?: NewCall['audit'];
  /** The answer, which is kept to be given again. */
  answer: (callId: string, planned: PlannedCall) => StoredResponse;
};
type Dependencies = PlaceCallDependencies & { idempotency: IdempotencyStore };
type Answer = { response: StoredResponse; callId: string | undefined; replayed: boolean };

/**
 * Places a call, and with a key only once: a repetition gets the answer of the first request, and no second call. Key, answer and
 * call are written together, so a request that dies half-way leaves nothing behind.
 * @throws CallError what `planCall` throws, `idempotency_conflict`, `idempotency_in_flight`
 */
export async function placeOnce(order: Order, deps: Dependencies): Promise<Answer> {
  const { once } = order;
  if (!once) return place(order, deps);
  const letGo = deps.idempotency.hold(once.id);
  if (!letGo)
    throw new CallError('idempotency_in_flight', 'The same request is being worked on. Send it again in a second.', {
      field: once.field,
      details: { retry_after_seconds: 1 },
    });
  try {
    return await place(order, deps);
  } finally {
    letGo();
  }
}

async function place({ request, once, audit, answer }: Order, deps: Dependencies): Promise<Answer> {
  const earlier = once && (await earlierAnswer(once, deps));
  if (earlier) return earlier;
  const id = newId('call');
  const planned = await planCall(request, deps);
  const response = answer(id, planned);
  const key = once && { id: once.id, requestHash: once.requestHash, response };
  if (await placeCall({ id, planned, lead: request.lead, audit, ...(key && { key }) }, deps))
    return { response, callId: id, replayed: false };
  // A request with the same key was faster by a moment, in another process.
  const faster = once && (await earlierAnswer(once, deps));
  if (!faster) throw new Error(`Call ${id} was not placed, and no other one under its key.`);
  return faster;
}

async function earlierAnswer(
  { id, requestHash, field, conflict }: Once,
  { idempotency }: { idempotency: IdempotencyStore },
): Promise<Answer | undefined> {
  const earlier = await idempotency.find(id);
  if (!earlier) return undefined;
  if (earlier.requestHash !== requestHash) throw new CallError('idempotency_conflict', conflict, { field });
  return { response: earlier.response, callId: undefined, replayed: true };
}
