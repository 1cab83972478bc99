import { parsePhoneNumber } from '../../../telephony/index.ts';
import type { AdmissionFacts, Objection } from './facts.ts';

export function noPremiumNumber({ to }: Pick<AdmissionFacts, 'to'>): Objection | undefined {
  const number = parsePhoneNumber(to);
  if ('problem' in number || !number.isPremium) return undefined;
  return { refused: `${number.e164} is a premium-rate number, which is never called.` };
}
