import { type llm, voice } from '@livekit/agents';
import type { CallEventType, Turn, TurnLatency } from '../../calls/call.ts';
import { outcomeIn, type ToolOutcome } from '../../calls/tools/tool-outcome.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { CallAgent } from './call-agent.ts';
import type { CallLog } from '../call/call-log.ts';
import { safely } from '../safely.ts';
import type { TurnEndings } from '../turns/turn-endings.ts';

/** A tool that was called, as the report tells it. */
export type ToolCall = {
  name: string;
  arguments: Record<string, unknown>;
  ok: boolean;
  /** Of a tool of the agent's own: what came of it. */
  outcome?: ToolOutcome['is'];
  atMs: number;
};

export type Observed = {
  /** In order; those of an earlier session of the call first. */
  readonly turns: readonly Turn[];
  readonly toolCalls: readonly ToolCall[];
  /** A supervisor has spoken in the agent's place. Times are those of `Date.now()`. */
  supervisorSpoke(words: { text: string; startedAt: number; endedAt: number }): void;
  stop(): void;
};

/**
 * Writes down what happens in a session: both sides' words with their times, the latency of each answer and its stages,
 * tools, failures. What is kept goes to `record`, what a page shows goes to `show`.
 *
 * @param zeroMs What times count from, as `Date.now()` would tell it now: the answer of the call.
 */
export function observe({
  session,
  agent,
  record,
  show,
  zeroMs,
  speaker,
  earlier,
  endings,
  heard,
  answered,
  log,
}: {
  session: voice.AgentSession;
  agent: CallAgent;
  record: Pick<CallLog, 'add' | 'firstTurn'>;
  show: (type: CallEventType, data: Record<string, unknown>) => void;
  zeroMs: () => number;
  /** Which agent spoke at a time of `Date.now()`. */
  speaker?: (atMs: number) => string | undefined;
  earlier: readonly Turn[];
  /** How the caller's turns ended. */
  endings: Pick<TurnEndings, 'take'>;
  /** Told each final transcript. */
  heard: (text: string) => void;
  /** Told where the time went of each answer that begins to sound. */
  answered: (latency: TurnLatency) => void;
  log: Log;
}): Observed {
  const turns: Turn[] = [...earlier];
  const toolCalls: ToolCall[] = [];
  /** The caller's turn that is being answered: when it ended, and what was measured since. */
  let asked: { stoppedMs: number; latency: TurnLatency } | undefined;
  /** Of the answer that is being spoken. */
  let answering: TurnLatency | undefined;

  const sinceZero = (epochMs: number) => Math.max(0, Math.round(epochMs - zeroMs()));

  const addTurn = (said: Omit<Turn, 'index'>): Turn => {
    const turn: Turn = { index: record.firstTurn + turns.length, ...said };
    turns.push(turn);
    const type = `turn.${turn.role}` as const;
    record.add({ turns: [turn], events: [{ type, data: { ...turn } }] });
    show(type, { ...turn });
    return turn;
  };

  const onTranscribed = (event: voice.UserInputTranscribedEvent) => {
    if (event.isFinal) heard(event.transcript);
    if (event.transcript.trim()) show('turn.caller_partial', { text: event.transcript });
  };

  const onMetrics = ({ metrics }: voice.MetricsCollectedEvent) => {
    if (metrics.type !== 'eou_metrics') return;
    asked = {
      stoppedMs: metrics.lastSpeakingTimeMs,
      latency: {
        endOfTurnMs: Math.round(metrics.endOfUtteranceDelayMs),
        sttMs: Math.round(metrics.transcriptionDelayMs),
      },
    };
  };

  const onAgentState = ({ newState, createdAt }: voice.AgentStateChangedEvent) => {
    show('agent.state', { state: newState });
    if (newState !== 'speaking' || !asked) return;
    const totalMs = Math.max(0, Math.round(createdAt - asked.stoppedMs));
    answering = { ...asked.latency, ...agent.times, ...(asked.stoppedMs > 0 && { totalMs }) };
    asked = undefined;
    answered(answering);
    show('turn.latency', { index: turns.length, latency: answering });
  };

  /** What came after a turn is known after it is written. */
  const correct = (turn: Turn, corrected: Turn) => {
    turns[turns.indexOf(turn)] = corrected;
    record.add({ turns: [corrected] });
  };

  const onItem = ({ item }: voice.ConversationItemAddedEvent) => {
    if (item.type !== 'message' || !item.textContent?.trim()) return;
    const role = roleOf(item);
    if (!role) return;
    const text = agent.wordsHeard(item).trim();
    if (!text) return;
    const addedMs = Date.now();
    const { startedSpeakingAt, stoppedSpeakingAt } = item.metrics;
    const latency = role === 'agent' ? answering : undefined;
    if (role === 'agent') answering = undefined;
    const ending = role === 'caller' ? endings.take((known) => correct(turn, { ...turn, ending: known })) : undefined;
    const startedAt = startedSpeakingAt === undefined ? addedMs : startedSpeakingAt * 1000;
    const by = role === 'agent' ? speaker?.(startedAt) : undefined;
    const turn = addTurn({
      role,
      text,
      startedMs: sinceZero(startedAt),
      endedMs: sinceZero(stoppedSpeakingAt === undefined ? addedMs : stoppedSpeakingAt * 1000),
      interrupted: item.interrupted,
      ...(by !== undefined && { agent: by }),
      ...(latency && { latency }),
      ...(ending && { ending }),
    });
  };

  const onTools = ({ functionCalls, functionCallOutputs }: voice.FunctionToolsExecutedEvent) => {
    for (const [position, { name, args }] of functionCalls.entries()) {
      const output = functionCallOutputs[position];
      // The report names tools as agent files do.
      const outcome = output && outcomeIn(output.output);
      const call: ToolCall = {
        name: name.replaceAll('_', '-'),
        arguments: parsed(args),
        ok: !output?.isError,
        ...(outcome && { outcome }),
        atMs: sinceZero(Date.now()),
      };
      toolCalls.push(call);
      record.add({ events: [{ type: 'tool.called', data: call }] });
      show('tool.called', { name: call.name, ok: call.ok, ...(outcome && { outcome }) });
    }
  };

  const { UserInputTranscribed, MetricsCollected, AgentStateChanged, ConversationItemAdded, FunctionToolsExecuted } =
    voice.AgentSessionEventTypes;
  const stops: (() => void)[] = [];
  const on: typeof session.on = (event, handler) => {
    stops.push(() => session.off(event, handler));
    return session.on(event, handler);
  };
  on(UserInputTranscribed, safely({ name: 'observe.transcribed', log }, onTranscribed));
  on(MetricsCollected, safely({ name: 'observe.metrics', log }, onMetrics));
  on(AgentStateChanged, safely({ name: 'observe.agentState', log }, onAgentState));
  on(ConversationItemAdded, safely({ name: 'observe.item', log }, onItem));
  on(FunctionToolsExecuted, safely({ name: 'observe.tools', log }, onTools));
  return {
    turns,
    toolCalls,
    supervisorSpoke: ({ text, startedAt, endedAt }) => {
      const times = { startedMs: sinceZero(startedAt), endedMs: sinceZero(endedAt) };
      addTurn({ role: 'supervisor', text, ...times, interrupted: false });
      // The model knows what was promised in its place.
      agent._chatCtx.addMessage({ role: 'assistant', content: text });
    },
    stop: () => stops.forEach((stop) => stop()),
  };
}

function roleOf({ role }: llm.ChatMessage): Turn['role'] | undefined {
  if (role === 'user') return 'caller';
  return role === 'assistant' ? 'agent' : undefined;
}

function parsed(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json || '{}');
    return typeof value === 'object' && value !== null ? { ...value } : { value };
  } catch {
    return { text: json };
  }
}
