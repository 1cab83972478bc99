import { agentSchema } from '../../../../src/agent-files/agent.ts';
import type { OperatorRules } from '../../../../src/calls/admission/operator-rules.ts';
import { readRates } from '../../../../telephony/index.ts';
import { anAgent } from '../../../worker/an-agent.ts';

const facts = [{ id: 'hours', examples: ['when', 'opening hours'], answer: 'Nine to five.' }];

export const stormAgent = {
  ...anAgent({ name: 'reminder' }),
  ...agentSchema.pick({ script: true }).parse({ script: { facts } }),
};

/** As an operator would set them who has much to call. */
export const stormRules: OperatorRules = {
  maxCalls: 80,
  reservedCalls: 16,
  trunkMaxCalls: 80,
  callsPerSecond: 1000,
  attemptsPerNumberPerDay: 8,
  spendPerDayUsd: 1_000_000,
  maxMinutes: 240,
  rates: readRates(),
  trunkId: 'ST_x',
  fromNumber: '+14155550100',
};
