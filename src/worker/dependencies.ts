import type { VAD, llm, stt, tts } from '@livekit/agents';
import type { Room } from '@livekit/rtc-node';
import type { BuildContext, BuiltPipeline, EndOfTurnModel, ProviderHealth } from '../../pipelines/index.ts';
import type { Agent } from '../agent-files/agent.ts';
import type { BeforeAnswer } from '../agent-files/tools/before-answer.ts';
import type { Asked } from '../calls/before-answer/ask-backend.ts';
import type { Call, Direction } from '../calls/call.ts';
import type { TransferCheck, TransferTarget } from '../calls/control/check-transfer-target.ts';
import type { DoNotCallStore } from '../calls/do-not-call/do-not-call-ports.ts';
import type { KnowledgeStore } from '../calls/knowledge/knowledge-ports.ts';
import type { SearchByMeaning } from '../calls/knowledge/search-by-meaning.ts';
import type { OperatorWindow } from '../calls/admission/operator-window.ts';
import type { AgentDirectory, CallStore, JobMetadata, MessageStore, Rooms } from '../calls/ports.ts';
import type { Log } from '../telemetry/logger.ts';
import type { MeasurementRelay } from '../telemetry/metrics/measurement-relay.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Recordings } from './recording/record-call.ts';
import type { PriceOf } from './call/cost-meter.ts';
import type { ToolMeans } from './conversation/tools/tool-means.ts';
import type { LegFactory } from './line/leg.ts';
import type { WarmLine } from './line/transfers/consult.ts';

/** What a session needs of a built pipeline: any SDK objects will do. */
export type CallPipeline = Pick<BuiltPipeline, 'describe' | 'close'> & {
  vad: VAD;
  stt: stt.STT & { suspect?: () => void; onTurnOver?: ((probability: number) => void) | undefined };
  llm: llm.LLM;
  /** `nextSpeaker`: who would speak now, as `label model`; whoever spoke last where it is not told. */
  tts: tts.TTS & { readonly nextSpeaker?: string };
};

/** The tools of a call, by their names on the wire. */
export type CallTools = { readonly [wireName: string]: llm.AnonFunctionTool };

/** Everything a call process works with. `src/compose.ts` makes it; a process of four database connections serves a dozen calls. */
export type CallProcessDependencies = {
  calls: CallStore;
  messages: Pick<MessageStore, 'insertMessage'>;
  doNotCall: Pick<DoNotCallStore, 'add'>;
  /** What the tools of agents' own files work with. */
  tools: ToolMeans;
  /** Searches the papers of agents; without it none knows its own. */
  searchPapers?: KnowledgeStore['search'];
  /** The same by meaning, where embeddings are configured. */
  searchPapersByMeaning?: SearchByMeaning | undefined;
  /** Where calls are recorded; without it none is, whatever its agent says. */
  recordings?: Recordings;
  agents: AgentDirectory;
  rooms: Rooms;
  /** Asks the operator's backend about a call that comes in; without it nobody is asked, whatever an agent's file says. Never rejects. */
  askBackend?: ((asked: { call: Call; backend: BeforeAnswer }) => Promise<Asked>) | undefined;
  /** What a call of this agent is held with, by its file alone. @throws CallError */
  pipelineFor?(agent: Agent): Pick<Call, 'pipeline' | 'pipelineOverrides'>;
  /** The SDK objects of one call, from the preset and the overrides of its row. @throws ProviderError */
  buildPipeline(
    request: { call: Call; agent: Agent } & Required<Pick<BuildContext, 'variables' | 'log' | 'onUsage' | 'onFailure'>>,
  ): Promise<CallPipeline>;
  /** What its pipelines learn about providers, shared with the other processes of the host. */
  providerHealth: ProviderHealth;
  /** The end-of-turn model on the host's engine; without it silence and words end a turn. */
  endOfTurn?: EndOfTurnModel;
  priceOf: PriceOf;
  /** What the carrier takes so far for a call that has lasted so many seconds, USD as exact decimal text; nothing where it has no line. */
  carrierUsd?: (call: Call, seconds: number) => string | undefined;
  telemetry: Telemetry;
  /** What is counted and measured here, on its way to the host. */
  measurements: MeasurementRelay;
  /** How the other person is reached, per direction. */
  legs: Partial<Record<Direction, LegFactory>>;
  /** Puts doubles in the place of a call's tools, where it is a test. */
  doubledTools?: (tools: CallTools) => CallTools;
  /** What somebody is called into a running call with; without it there are no warm transfers. */
  warmLine?: WarmLine;
  /** Where a call may be handed to. @throws CallError `invalid_number`, `blocked` */
  checkTransferTarget(transfer: TransferCheck): Promise<TransferTarget>;
  /** Hours in which any phone may ring, also when a call is tried again. */
  callingWindow?: OperatorWindow | undefined;
  /** Writes the row of a call that came in by phone, from what is in its room. Null: it is none of ours. */
  openInbound?(request: { room: Room; metadata: JobMetadata }): Promise<Call | null>;
  log: Log;
  /** Ends connections. Idempotent. */
  close(): Promise<void>;
};
