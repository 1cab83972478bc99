/** Trunks and dispatch rules as livekit-server has them. `src/livekit` implements it. */
import type { InboundTrunk, OutboundTrunk } from '../../../telephony/index.ts';
import type { JobMetadata } from '../ports.ts';

export type LivekitTrunk = OutboundTrunk | InboundTrunk;

export type NewOutboundTrunk = {
  direction: 'outbound';
  name: string;
  /** Host of the carrier, such as `name.pstn.twilio.com`. */
  address: string;
  /** Numbers it may show, E.164. */
  numbers: string[];
  username?: string | undefined;
  password?: string | undefined;
  transport?: 'auto' | 'udp' | 'tcp' | 'tls' | undefined;
};

export type NewInboundTrunk = {
  direction: 'inbound';
  name: string;
  /** Numbers that reach us over it, E.164; at least one, since the number called chooses the agent. */
  numbers: string[];
  /** Addresses (IP or CIDR) the carrier may call from; none: any. */
  allowedAddresses?: string[] | undefined;
  username?: string | undefined;
  password?: string | undefined;
};

/** Which agent answers the calls of inbound trunks. */
export type AnsweringRule = { id: string; trunkIds: string[]; metadata: JobMetadata };

/** Each throws CallError: `sip_unavailable`, `livekit_unavailable`, `trunk_not_found`, `trunk_exists`, `invalid_request`. */
export type SipTrunks = {
  list(): Promise<LivekitTrunk[]>;
  create(trunk: NewOutboundTrunk | NewInboundTrunk): Promise<LivekitTrunk>;
  remove(id: string): Promise<void>;
  /** Those that send calls to our workers. */
  listRules(): Promise<AnsweringRule[]>;
  /** With `ruleId` that rule is changed in place, so that no call falls between two rules. */
  saveRule(rule: { ruleId?: string | undefined; trunkId: string; metadata: JobMetadata }): Promise<AnsweringRule>;
  removeRule(id: string): Promise<void>;
};
