import {
  RoomAgentDispatch,
  RoomConfiguration,
  SIPDispatchRule,
  SIPDispatchRuleIndividual,
  SIPDispatchRuleInfo,
} from '@livekit/protocol';
import type { SipClient } from 'livekit-server-sdk';
import { TelephonyError, telephonyError } from './errors.ts';

/** Which agent answers the calls of a trunk. Every call gets a room of its own. */
export type DispatchRule = {
  id: string;
  name: string;
  /** Inbound trunks it is for; empty means all. */
  trunkIds: string[];
  /** The name our workers register with, and what they are told about the call (JSON). */
  agentName: string;
  metadata: string;
};

/** @throws TelephonyError */
export async function createDispatchRule(
  sip: SipClient,
  rule: Omit<DispatchRule, 'id'> & { roomPrefix: string },
): Promise<DispatchRule> {
  try {
    const made = await sip.createSipDispatchRule(
      { type: 'individual', roomPrefix: rule.roomPrefix },
      {
        name: rule.name,
        trunkIds: rule.trunkIds,
        roomConfig: roomConfig(rule),
      },
    );
    return { ...rule, id: made.sipDispatchRuleId };
  } catch (error) {
    throw telephonyError(error, 'Create the dispatch rule');
  }
}

/**
 * Replaces a rule in one step, so that no call meets a moment without one.
 * @throws TelephonyError `rule_not_found`
 */
export async function updateDispatchRule(sip: SipClient, rule: DispatchRule & { roomPrefix: string }): Promise<void> {
  try {
    const individual = new SIPDispatchRuleIndividual({ roomPrefix: rule.roomPrefix });
    const info = new SIPDispatchRuleInfo({
      sipDispatchRuleId: rule.id,
      rule: new SIPDispatchRule({ rule: { case: 'dispatchRuleIndividual', value: individual } }),
      name: rule.name,
      trunkIds: rule.trunkIds,
      roomConfig: roomConfig(rule),
    });
    await sip.updateSipDispatchRule(rule.id, info);
  } catch (error) {
    throw ruleError(error, `Change dispatch rule ${rule.id}`);
  }
}

/** @throws TelephonyError */
export async function listDispatchRules(sip: SipClient): Promise<DispatchRule[]> {
  try {
    const rules = await sip.listSipDispatchRule();
    return rules.map((rule) => ({
      id: rule.sipDispatchRuleId,
      name: rule.name,
      trunkIds: rule.trunkIds,
      agentName: rule.roomConfig?.agents[0]?.agentName ?? '',
      metadata: rule.roomConfig?.agents[0]?.metadata ?? '',
    }));
  } catch (error) {
    throw telephonyError(error, 'List dispatch rules');
  }
}

/** @throws TelephonyError `rule_not_found` */
export async function deleteDispatchRule(sip: SipClient, id: string): Promise<void> {
  try {
    await sip.deleteSipDispatchRule(id);
  } catch (error) {
    throw ruleError(error, `Delete dispatch rule ${id}`);
  }
}

function roomConfig({ agentName, metadata }: Pick<DispatchRule, 'agentName' | 'metadata'>): RoomConfiguration {
  return new RoomConfiguration({ agents: [new RoomAgentDispatch({ agentName, metadata })] });
}

/** What is not there is the rule. */
function ruleError(error: unknown, doing: string): TelephonyError {
  const found = telephonyError(error, doing);
  return found.code === 'trunk_not_found' ? new TelephonyError('rule_not_found', found.message, error) : found;
}
