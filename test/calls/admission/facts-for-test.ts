import { readRates } from '../../../telephony/index.ts';
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
      reservedUsd: '0',
      doNotCall: false,
    },
    carrierUsd: '0',
    rules: {
      maxCalls: 5,
      trunkMaxCalls: 5,
      callsPerSecond: 1,
      attemptsPerNumberPerDay: 8,
      spendPerDayUsd: 50,
      maxMinutes: 240,
      rates: readRates(),
    },
    ...overrides,
  };
}

export const withFigures = (figures: Partial<AdmissionFacts['figures']>) =>
  facts({ figures: { ...facts().figures, ...figures } });
