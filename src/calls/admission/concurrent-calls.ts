import type { AdmissionFacts, Objection } from './facts.ts';

/** Counted once more, with nobody counting beside it, when the call is let in. */
export function concurrentCalls({
  figures,
  rules,
  trunk,
}: Pick<AdmissionFacts, 'figures' | 'rules' | 'trunk'>): Objection | undefined {
  if (figures.tenantCalls >= rules.maxCalls) return { full: 'tenant' };
  return figures.trunkCalls >= trunk.maxCalls ? { full: 'trunk' } : undefined;
}
