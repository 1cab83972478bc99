import type { CampaignState } from '../campaigns/campaign.ts';
import type { CallPlan } from '../place/call-plan.ts';
import type { CallingWindow } from './calling-window.ts';
import type { Trunk } from '../trunks/choose-trunk.ts';
import type { AdmissionFigures } from './dispatch-ports.ts';
import type { OperatorRules } from './operator-rules.ts';
import type { AgentDirectory } from '../ports.ts';

/** All that the rules look at: one call, as of one moment. */
export type AdmissionFacts = {
  now: Date;
  agent: string;
  agents: Pick<AgentDirectory, 'get' | 'list'>;
  /** The number as it was asked for. */
  to: string;
  trunk: Trunk;
  plan: CallPlan;
  /** State of the campaign that placed it; null: none did. */
  campaign?: CampaignState | null;
  /** The operator's hours, one per timezone in which the phone may be. */
  operatorWindows: readonly CallingWindow[];
  figures: AdmissionFigures;
  /** What the carrier takes for the longest call there may be, exact decimal text. */
  carrierUsd: string;
  rules: OperatorRules;
};

/** What a rule says: never, not before, not while the lines are full; nothing when it has no objection. */
export type Objection = { refused: string } | { waitUntil: Date } | { full: 'tenant' | 'trunk' };
