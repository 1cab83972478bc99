import type { AdmissionFacts } from '../../../src/calls/admission/facts.ts';
import { anAgent } from '../../worker/an-agent.ts';

/** A call that no rule objects to, with single facts replaced. */
export function facts(overrides: Partial<AdmissionFacts> = {}): AdmissionFacts {
  const agent = anAgent({ name: 'reminder' });
  return {
    now: new Date('2026-05-04T15:00:00Z'),
    agent: 'reminder',
    agents: { get: (name) => (name === 'reminder' ? agent : undefined), list: () => [agent] },
    to: '+14155550123',
    trunk: { id: 'ST_x', fromNumber: null, allowedCountries: ['US'], maxCalls: 10, callsPerSecond: 1 },
    plan: {},
    operatorWindows: [],
    figures: {
      tenantCalls: 0,
      trunkCalls: 0,
      trunkPreparing: 0,
      tenantQueued: 0,
      attemptsToNumber: 0,
      spentUsd: '0',
      doNotCall: false,
    },
    rules: {
      maxCalls: 5,
      trunkMaxCalls: 5,
      callsPerSecond: 1,
      attemptsPerNumberPerDay: 8,
      spendPerDayUsd: 50,
    },
    ...overrides,
  };
}

export const withFigures = (figures: Partial<AdmissionFacts['figures']>) =>
  facts({ figures: { ...facts().figures, ...figures } });
