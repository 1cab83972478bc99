import type { AdmissionFacts, Objection } from './facts.ts';

export function attemptsPerNumber({
  to,
  figures,
  rules,
}: Pick<AdmissionFacts, 'to' | 'figures' | 'rules'>): Objection | undefined {
  if (figures.attemptsToNumber < rules.attemptsPerNumberPerDay) return undefined;
  return {
    refused: `${to} was dialled ${figures.attemptsToNumber} times in 24 hours; PARLEY_ATTEMPTS_PER_NUMBER_PER_DAY allows ${rules.attemptsPerNumberPerDay}.`,
  };
}
