import type { stt, voice } from '@livekit/agents';
import type { BuiltPipeline, PipelineDefinition, ProviderSettings } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { Call } from '../../calls/call.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { PriceOf } from '../../worker/call/cost-meter.ts';
import type { EndCause, Ending } from '../../worker/call/ending.ts';
import { createAgentSession, filled } from '../../worker/conversation/agent-session.ts';
import type { CallAgent } from '../../worker/conversation/call-agent.ts';
import { type NeverSilent, neverSilent } from '../../worker/conversation/never-silent.ts';
import { type Observed, observe } from '../../worker/conversation/observe.ts';
import type { sentencesOf } from '../../worker/conversation/sentences.ts';
import { SpokenText } from '../../worker/conversation/spoken-text.ts';
import type { ToolContext } from '../../worker/conversation/tools/call-tool.ts';
import { callToolNames, toolNamesOf, toolsOf } from '../../worker/conversation/tools/call-tools.ts';
import { createHandOver, type HandOver } from '../../worker/line/transfers/hand-over.ts';
import { containedStores, containedTransfer } from '../contained-effects.ts';
import { describedTools } from '../described-tools.ts';
import { doubledTools, type ToolDoubles } from '../doubles.ts';
import type { Effect } from '../outcome.ts';
import { TextOutput } from './text-output.ts';
import { textPapers } from './text-papers.ts';

export type TextCallRequest = {
  call: Call;
  agent: Agent;
  /** When the call begins, for what the agent is told of day and hour. */
  at: Date;
  doubles: ToolDoubles;
  definition: PipelineDefinition;
  settings: ProviderSettings;
  priceOf: PriceOf;
  log: Log;
};

/** What was said and done in a call in text; it grows as it goes. */
export type TextRecord = {
  readonly effects: Effect[];
  readonly troubles: string[];
  /** The agent's words as they were written, and as a voice gets them. */
  readonly heard: { readonly written: string[]; readonly spoken: string[] };
};

/** What happens in a session that its call has to know. */
type Hooks = {
  ending: Ending;
  farewell: (cause: EndCause) => void;
  /** The agent has spoken for so many milliseconds. */
  onSaid: (ms: number) => void;
  /** It begins to answer, so many milliseconds after the caller's words. */
  onAnswer: (ms: number | null) => void;
};

/** The session of a call and all that belongs to it, without sound. */
export type TextSession = {
  session: voice.AgentSession;
  callAgent: CallAgent;
  isForTheAgent: (event: stt.SpeechEvent) => boolean;
  output: TextOutput;
  observed: Observed;
  watch: NeverSilent;
  handOver: HandOver;
};

/** Assembles what a call process assembles, with doubles where it would reach the outside. Nothing is started. */
export function createTextSession(
  { call, agent, at, doubles, log }: TextCallRequest,
  parts: {
    variables: Record<string, string>;
    sentences: ReturnType<typeof sentencesOf>;
    pipeline: BuiltPipeline;
    record: TextRecord;
    hooks: Hooks;
  },
): TextSession {
  const { variables, sentences, pipeline, record, hooks } = parts;
  const { ending } = hooks;
  const told = (text: string) => {
    if (!text.trim()) return;
    record.heard.written.push(text);
    record.heard.spoken.push(text);
  };
  const words = new SpokenText();
  const output = new TextOutput(words, ({ spoken, ms }) => {
    if (spoken.trim()) record.heard.spoken.push(spoken.trim());
    hooks.onSaid(ms);
  });
  const context: ToolContext = {
    ...containedStores(record.effects),
    pressKeys: (keys) => record.effects.push({ tool: 'press-keys', arguments: { keys } }),
    scheduleCallback: async (said) => {
      record.effects.push({ tool: 'schedule-callback', arguments: said });
      return { outcome: 'done', answer: { when: `${said.day}, ${said.time}` } };
    },
    call,
    agent,
    hangUp: ({ goodbye }) => {
      const cause: EndCause = { reason: 'agent_goodbye', hungUpBy: 'agent', polite: true };
      if (goodbye) hooks.farewell(cause);
      else ending.decide(cause);
    },
    handOver: async (wanted) => handOver.start(wanted),
    log,
  };
  const transfer = containedTransfer(record.effects, doubles['transfer-call']);
  // What comes of a transfer is up to the line.
  const { 'transfer-call': _line, ...others } = doubles;
  const own = describedTools(agent);
  const tools = doubledTools(toolsOf({ names: toolNamesOf(agent, call), own, context, log }), {
    doubles: others,
    contained: callToolNames,
    own: own.map(([name]) => name),
    onEffect: (effect) => record.effects.push(effect),
    onTrouble: (trouble) => record.troubles.push(trouble),
  });
  const { session, callAgent, endings, isForTheAgent } = createAgentSession({
    call,
    agent,
    variables,
    pipeline,
    endOfTurn: undefined,
    tools,
    media: { input: null, output, words },
    earlier: [],
    at,
    log,
  });
  callAgent.papers = textPapers(agent, log);
  const observed = observe({
    session,
    agent: callAgent,
    endings,
    record: {
      firstTurn: 0,
      add: ({ turns = [] }) => {
        for (const { role, text } of turns) if (role === 'agent') record.heard.written.push(text);
      },
    },
    show: () => undefined,
    zeroMs: () => 0,
    earlier: [],
    heard: () => undefined,
    answered: ({ totalMs }) => hooks.onAnswer(totalMs ?? null),
    log,
  });
  const watch = neverSilent({
    session,
    agent: callAgent,
    output: { isAudible: false, interlude: () => Promise.resolve(!output.isSpeaking) },
    stock: { fillers: agent.filler.map((text) => ({ text: filled(text, variables), frames: [] })), trouble: undefined },
    fillerAfterMs: agent.turn.filler_after_ms,
    patienceMs: agent.limits.answer_seconds * 1000,
    suspectEars: () => undefined,
    onFiller: ({ text }) => told(text),
    giveUp: (role) => {
      told(filled(agent.trouble, variables));
      ending.decide({ reason: `${role}_failed`, hungUpBy: 'parley' });
    },
    log,
  });
  const handOver = createHandOver({
    session,
    transfer: { blind: transfer, warm: transfer },
    check: async (to) => ({ to, trunk: undefined }),
    holdBack: () => {
      callAgent.holdsBack = true;
      return () => (callAgent.holdsBack = false);
    },
    sentences,
    record: { add: () => undefined },
    ending,
    log,
  });
  return { session, callAgent, isForTheAgent, output, observed, watch, handOver };
}
