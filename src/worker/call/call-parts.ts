import type { Agent } from '../../agent-files/agent.ts';
import type { Call, Turn } from '../../calls/call.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallTrace } from '../../telemetry/telemetry.ts';
import type { Formalities } from '../recording/consent.ts';
import type { Ending } from './ending.ts';
import type { JoinedRoom } from './join-room.ts';
import type { Ownership } from './ownership.ts';
import type { SessionContext } from './session-context.ts';

/** What a session has of a call from the beginning. */
export type Parts = {
  call: Call;
  ownership: Ownership;
  /** With the sessions before this one, where the call was answered. */
  talkedSeconds: number;
  trace: CallTrace;
  context: SessionContext;
  ending: Ending;
  log: Log;
};

/** What it talks with. */
export type Talk = {
  agent: Agent;
  /** What was said in a session before this one. */
  earlier: Turn[] | undefined;
  /** What has to be said, and asked, before anything else. */
  formalities: Formalities;
  join: () => Promise<JoinedRoom>;
  /** All is ready for the person to be reached. */
  onReaching: () => void;
  /** The person is there. */
  onTalking: () => void;
};
