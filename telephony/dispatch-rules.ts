import { RoomAgentDispatch, RoomConfiguration } from '@livekit/protocol';
import type { SipClient } from 'livekit-server-sdk';
import { telephonyError } from './errors.ts';

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
        roomConfig: new RoomConfiguration({
          agents: [new RoomAgentDispatch({ agentName: rule.agentName, metadata: rule.metadata })],
        }),
      },
    );
    return { ...rule, id: made.sipDispatchRuleId };
  } catch (error) {
    throw telephonyError(error, 'Create the dispatch rule');
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

/** @throws TelephonyError */
export async function deleteDispatchRule(sip: SipClient, id: string): Promise<void> {
  try {
    await sip.deleteSipDispatchRule(id);
  } catch (error) {
    throw telephonyError(error, `Delete dispatch rule ${id}`);
  }
}
