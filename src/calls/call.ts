import type { CallState, HungUpBy, Outcome } from './call-state.ts';
import type { EndReason } from './end/end-reason.ts';
import type { VoicemailRule } from './place/voicemail.ts';

export type Direction = 'outbound' | 'inbound' | 'web';

/** What an operator may limit per call. Absent fields take the agent's, then the operator's default. */
export type CallLimits = {
  ringSeconds?: number;
  maxMinutes?: number;
  silenceSeconds?: number;
  maxCostUsd?: number;
};

/** One call: the row of `calls` in the program's terms. Times are UTC. */
export type Call = {
  /** `call_` + ULID. Also the trace's session id. */
  id: string;
  tenantId: string;
  direction: Direction;
  state: CallState;
  agent: string;
  /** A preset's name (`embedded`, `lan`, `cloud`); `auto` is resolved before the row is written. */
  pipeline: string;
  /** Overrides of single stages: `{ tts: { provider, options } }`. */
  pipelineOverrides: Record<string, unknown>;
  /** E.164 of the person called or calling; null for a browser. */
  phoneNumber: string | null;
  fromNumber: string | null;
  trunkId: string | null;
  /** The LiveKit room's name; null where it is the id, as everywhere but in calls that came in by phone. */
  room: string | null;
  leadId: string | null;
  playbook: string | null;
  variables: Record<string, string>;
  metadata: Record<string, unknown>;
  limits: CallLimits;
  /** What its request says about machines that answer; else the agent decides. */
  voicemail?: VoicemailRule;
  outcome: Outcome | null;
  endReason: EndReason | null;
  hungUpBy: HungUpBy | null;
  /** Which attempt of its retry plan is under way or was the last, from 1. */
  attempt: number;
  createdAt: Date;
  dialedAt: Date | null;
  answeredAt: Date | null;
  endedAt: Date | null;
  /** Sum of its cost lines, USD, as the exact decimal text that PostgreSQL keeps. */
  costUsd: string;
  report: Record<string, unknown> | null;
};

/** The name of the call's room. */
export function roomOf(call: Pick<Call, 'id' | 'room'>): string {
  return call.room ?? call.id;
}

/** A finished utterance of either side. Times are milliseconds since the call was answered. */
export type Turn = {
  index: number;
  role: 'caller' | 'agent' | 'supervisor';
  text: string;
  startedMs: number;
  endedMs: number;
  interrupted: boolean;
  /** Which agent spoke; absent for everybody else. */
  agent?: string;
  /** Milliseconds per stage of the turn that led to this agent utterance; absent for the caller's. */
  latency?: TurnLatency;
  /** How the end of a caller's turn was found; absent for the agent's. */
  ending?: TurnEnding;
};

/** What a caller's answer was expected to be. */
export const expectationKinds = [
  'open',
  'yes_no',
  'digits',
  'telephone_number',
  'card',
  'name',
  'address',
  'email',
] as const;
export type Expectation = (typeof expectationKinds)[number];

/** What ended a turn: what was asked for was said, the model took it for over, or it was silent for long enough. */
export const turnEnds = ['words', 'model', 'silence'] as const;

/** How the end of one turn of the caller was found, and whether it was one. */
export type TurnEnding = {
  endedBy: (typeof turnEnds)[number];
  /** From the caller's last sound to the decision, milliseconds. */
  silenceMs: number;
  expected: Expectation;
  /** That the caller had finished, 0 to 1, as the model said last; absent where it said nothing. */
  probability?: number;
  /** Of the caller's line, dB below full scale; -100 is digital silence. */
  noiseFloorDbfs?: number;
  /** The caller talked on within two seconds; absent where the call ended before. */
  cutOff?: boolean;
  /** After the decision, milliseconds; only where the caller was cut off. */
  talkedOnMs?: number;
};

/** Where the time of one answer went, in milliseconds. `totalMs` = caller's last sound → agent's first sample sent. */
export type TurnLatency = {
  endOfTurnMs?: number;
  sttMs?: number;
  llmFirstTokenMs?: number;
  ttsFirstAudioMs?: number;
  totalMs?: number;
};

/** One priced use of a provider. */
export type CostLine = {
  component: 'stt' | 'llm' | 'tts' | 'telephony';
  provider: string;
  model: string;
  quantity: number;
  unit: string;
  /** Exact decimal text, USD. */
  usd: string;
  /** `provider` when the provider told the price, `list` from prices.json, `none` when it costs nothing. */
  source: 'provider' | 'list' | 'none';
  /** Of requests whose answer was not heard, because another one asked for the same spoke first. */
  lost?: true;
};

/** The public events of a call, in the order of `sequence`; turn-level ones go to the live stream only. */
export const callEventTypes = [
  'call.queued',
  'call.dialing',
  'call.ringing',
  'call.answered',
  'call.machine_detected',
  'call.transferred',
  'call.disclosed',
  'call.ended',
  'call.analyzed',
  'turn.caller_partial',
  'turn.caller',
  'turn.agent',
  'turn.supervisor',
  'turn.latency',
  'agent.state',
  'agent.filler',
  'agent.handed_off',
  'backend.asked',
  'knowledge.searched',
  'memory.recalled',
  'digits.asked',
  'tool.called',
  'keys.heard',
  'provider.failed',
  'supervisor.joined',
  'supervisor.whispered',
  'supervisor.took_over',
  'supervisor.handed_back',
  'recording.consent',
  'recording.started',
  'recording.failed',
  'recording.paused',
  'recording.resumed',
  'recording.ended',
  'call.attempt_ended',
  'call.state',
] as const;
export type CallEventType = (typeof callEventTypes)[number];

/** `sequence` rises by one per call and has no gaps. */
export type CallEvent = {
  callId: string;
  sequence: number;
  type: CallEventType;
  at: Date;
  data: Record<string, unknown>;
};
