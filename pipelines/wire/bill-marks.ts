import type { ProviderUsage } from '../contract.ts';

/** What a bill says of its request besides the amount. */
export function billMarks({
  signal,
  hedged,
}: {
  signal: AbortSignal;
  hedged?: true | undefined;
}): Pick<ProviderUsage, 'cancelled' | 'hedged'> {
  return { ...(signal.aborted && { cancelled: true }), ...(hedged && { hedged }) };
}
