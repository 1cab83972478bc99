import type { AdmissionFacts, Objection } from './facts.ts';

export function notOnDoNotCallList({
  to,
  figures,
}: Pick<AdmissionFacts, 'to'> & { figures: { doNotCall: boolean } }): Objection | undefined {
  return figures.doNotCall ? { refused: `${to} is on the do-not-call list.` } : undefined;
}
