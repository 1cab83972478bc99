import type { ProviderUsage } from '../contract.ts';

/** Why a request is aborted whose answer came later than that of another request for the same. */
export const lostToAnother = new DOMException('another request was the first to speak', 'AbortError');

/** What a bill says of its request besides the amount. */
export function billMarks({
  signal,
  hedged,
}: {
  signal: AbortSignal;
  hedged?: true | undefined;
}): Pick<ProviderUsage, 'cancelled' | 'hedged' | 'lost'> {
  return {
    ...(signal.aborted && { cancelled: true }),
    ...(hedged && { hedged }),
    ...(signal.reason === lostToAnother && { lost: true }),
  };
}
