import { CallError } from '../../calls/errors.ts';
import type { NewCall } from '../../calls/ports.ts';
import { sqlStateOf } from '../connection/connection-error.ts';

/** SQLSTATEs of `take_attempt` and `take_web_place`. */
const attemptsUsedUp = 'PY001';
const placesTaken = 'PY002';

/** Runs the insertion of a call; a limit that was used up while it was written is told as the rule that forbids the call. */
export async function refusingCount<T>(call: NewCall, insert: () => Promise<T>): Promise<T> {
  try {
    return await insert();
  } catch (error) {
    throw refusalOf(error, call) ?? error;
  }
}

function refusalOf(error: unknown, { phoneNumber, counted }: NewCall): CallError | undefined {
  const state = sqlStateOf(error);
  if (state === attemptsUsedUp && counted && 'attemptsPerNumberPerDay' in counted)
    return new CallError(
      'blocked',
      `${phoneNumber} was dialled, or is about to be, ${counted.attemptsPerNumberPerDay} times in 24 hours; PARLEY_ATTEMPTS_PER_NUMBER_PER_DAY allows no more.`,
      { field: 'to', details: { rule: 'attempts_per_number' } },
    );
  if (state === placesTaken)
    return new CallError('capacity_full', 'All places are taken (PARLEY_MAX_CALLS). Try again in some seconds.', {
      details: { rule: 'concurrent_calls', retry_after_seconds: 5 },
    });
  return undefined;
}
