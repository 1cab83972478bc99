import { parsePhoneNumber } from '../../../telephony/index.ts';
import type { AdmissionFacts, Objection } from './facts.ts';

/** A number that exists in its country's numbering plan. */
export function dialableNumber({ to }: Pick<AdmissionFacts, 'to'>): Objection | undefined {
  const number = parsePhoneNumber(to);
  return 'problem' in number ? { refused: number.message } : undefined;
}
