import { carrierUsd, rateOf } from '../../../telephony/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call } from '../call.ts';
import { CallError } from '../errors.ts';
import type { AgentDirectory } from '../ports.ts';
import type { Dial } from './dispatch-ports.ts';
import type { OperatorRules } from './operator-rules.ts';

/** livekit-sip is told to end a leg so long after we should have. */
const spareSeconds = 60;

/** How long a line can last whose call ends after so many minutes. */
export function longestLineSeconds(maxMinutes: number): number {
  return maxMinutes * 60 + spareSeconds;
}

/**
 * The most minutes a call may last: what its request says, else its agent, within what the operator allows.
 * @throws CallError `invalid_request`, when the request asks for more
 */
export function longestMinutes(
  asked: number | undefined,
  agent: Pick<Agent, 'limits'>,
  { maxMinutes }: Pick<OperatorRules, 'maxMinutes'>,
): number {
  if (asked !== undefined && asked > maxMinutes)
    throw new CallError(
      'invalid_request',
      `Calls may last ${maxMinutes} minutes here (PARLEY_MAX_MINUTES). Ask for less.`,
      {
        field: 'limits.max_minutes',
        details: { max_minutes: maxMinutes },
      },
    );
  return asked ?? Math.min(agent.limits.max_minutes, maxMinutes);
}

/** The most minutes of a call that was accepted. */
export function minutesOf(
  call: Pick<Call, 'agent' | 'limits'>,
  { agents, rules }: { agents: Pick<AgentDirectory, 'get'>; rules: Pick<OperatorRules, 'maxMinutes'> },
): number {
  const said = call.limits.maxMinutes ?? agents.get(call.agent)?.limits.max_minutes ?? rules.maxMinutes;
  return Math.min(said, rules.maxMinutes);
}

/** What the carrier takes for a call to the number at its longest, USD as exact decimal text. */
export function longestCarrierUsd(to: string, maxMinutes: number, { rates }: Pick<OperatorRules, 'rates'>): string {
  return carrierUsd(rateOf(to, rates), longestLineSeconds(maxMinutes));
}

/** The dialling of a call's number, priced. */
export function carrierDial(
  call: Pick<Dial, 'callId' | 'attempt' | 'leg' | 'tenantId' | 'trunkId' | 'phoneNumber'> & { maxMinutes: number },
  rules: Pick<OperatorRules, 'rates'>,
): Dial {
  const { maxMinutes, ...dial } = call;
  const rate = rateOf(dial.phoneNumber, rules.rates);
  return {
    ...dial,
    destination: rate.destination,
    usdPerMinute: rate.usd_per_minute,
    usdPerCall: rate.usd_per_call,
    incrementSeconds: rate.increment_seconds,
    reservedUsd: carrierUsd(rate, longestLineSeconds(maxMinutes)),
  };
}
