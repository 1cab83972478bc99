import { nextCommonOpening } from './calling-window.ts';
import type { AdmissionFacts, Objection } from './facts.ts';

/** The plan's hours and the operator's, which must both be open, and the plan's end. */
export function insideCallingWindow({
  now,
  plan,
  operatorWindows,
}: Pick<AdmissionFacts, 'now' | 'plan' | 'operatorWindows'>): Objection | undefined {
  const { window, notAfter } = plan;
  if (notAfter && now > notAfter) return { refused: `The call was not to be made after ${notAfter.toISOString()}.` };
  const windows = window ? [window, ...operatorWindows] : operatorWindows;
  const opening = nextCommonOpening(windows, now);
  const whose = operatorWindows.length > 0 ? 'The calling window, with PARLEY_CALLING_WINDOW,' : 'The calling window';
  if (!opening) return { refused: `${whose} never opens.` };
  if (notAfter && opening > notAfter)
    return {
      refused: `${whose} opens at ${opening.toISOString()}, after the end of the call's time, ${notAfter.toISOString()}.`,
    };
  return opening > now ? { waitUntil: opening } : undefined;
}
