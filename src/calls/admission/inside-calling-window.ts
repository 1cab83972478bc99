import { nextOpening } from '../calling-window.ts';
import type { AdmissionFacts, Objection } from './facts.ts';

/** The plan's hours and its end. */
export function insideCallingWindow({ now, plan }: Pick<AdmissionFacts, 'now' | 'plan'>): Objection | undefined {
  const { window, notAfter } = plan;
  if (notAfter && now > notAfter) return { refused: `The call was not to be made after ${notAfter.toISOString()}.` };
  const opening = window ? nextOpening(window, now) : now;
  if (!opening) return { refused: 'The calling window never opens.' };
  if (notAfter && opening > notAfter)
    return {
      refused: `The calling window opens at ${opening.toISOString()}, after the end of the call's time, ${notAfter.toISOString()}.`,
    };
  return opening > now ? { waitUntil: opening } : undefined;
}
