import type { Agent } from '../../agent-files/agent.ts';
import { resultFields, type ResultSettings } from '../../agent-files/result.ts';
import type { Call, CostLine, Turn } from '../call.ts';
import { newChange } from '../change-id.ts';
import { CallError } from '../errors.ts';
import type { AgentDirectory, CallStore } from '../ports.ts';
import { type CallResult, type Findings, nothingFound, valuesOf } from './call-result.ts';
import { readReply } from './read-reply.ts';
import { askAgain, type ChatLine, resultQuestion } from './result-question.ts';
import { scriptFindings } from './script-findings.ts';

/** A job that asks twice, and waits long each time, never lasts longer. */
export const longestAnalysisSeconds = 240;

/** Asks the model of an agent about a call. `onCost` is told each use, whatever becomes of the answer. */
export type AskAboutCall = (question: {
  call: Call;
  agent: Agent;
  messages: readonly ChatLine[];
  onCost: (line: CostLine) => void;
}) => Promise<{ text: string; provider: string; model: string }>;

export type AnalyzeDependencies = {
  calls: Pick<CallStore, 'findCall' | 'listTurns' | 'listEvents' | 'record'>;
  agents: AgentDirectory;
  /** Undefined: there is no model for this call, and the script is all there is. */
  modelFor: (call: Call, agent: Agent) => AskAboutCall | undefined;
};

type Filled = Pick<CallResult, 'by' | 'provider' | 'model'> & { findings: Findings };

/**
 * Fills the `result:` of the call's agent and tells it as `call.analyzed`, once per `run`. Nothing happens where the agent has none,
 * or the call was erased.
 * @param job.run UUID; the same one never writes twice
 * @param job.isLast What cannot be found out now is told as `failed`
 * @throws what the model says, when it cannot be asked now
 */
export async function analyzeCall(
  { callId, run, isLast }: { callId: string; run: string; isLast: boolean },
  deps: AnalyzeDependencies,
): Promise<void> {
  const call = await deps.calls.findCall(callId);
  if (call?.state !== 'ended') return;
  const agent = deps.agents.get(call.agent);
  if (agent && !agent.result) return;
  const costs: CostLine[] = [];
  let result: CallResult;
  try {
    if (!agent?.result) throw new Error(`There is no agent file ${call.agent} at the moment.`);
    const filled = await fill({ call, agent, settings: agent.result, onCost: (line) => costs.push(line) }, deps);
    result = resultOf(filled, agent);
  } catch (error) {
    if (!isLast) {
      await deps.calls.record(callId, { costs }, { change: newChange() });
      throw error;
    }
    const fields = agent?.result ? resultFields(agent.result) : [];
    const findings = nothingFound(fields);
    result = { ...resultOf({ by: 'nobody', provider: null, model: null, findings }, agent), ...failure(error) };
  }
  await write({ callId, run, costs, result }, deps);
}

type About = { call: Call; agent: Agent; settings: ResultSettings; onCost: (line: CostLine) => void };

async function fill(about: About, deps: AnalyzeDependencies): Promise<Filled> {
  const { call, agent, settings } = about;
  const nobody = { by: 'nobody', provider: null, model: null } as const;
  const turns = await deps.calls.listTurns(call.id);
  if (!turns.some(({ role, text }) => role === 'caller' && text.trim()))
    return { ...nobody, findings: nothingFound(resultFields(settings)) };
  const ask = deps.modelFor(call, agent);
  if (ask) return askTwice({ ...about, turns, ask });
  const { script } = agent;
  if (!script) throw new Error('There is no language model to ask: none is configured, and the agent has no script.');
  const events = await deps.calls.listEvents(call.id);
  return { ...nobody, by: 'script', findings: scriptFindings({ script, agent, settings, call, turns, events }) };
}

/** An answer that does not fit is refused and asked for once more; what does not fit then counts as not said. */
async function askTwice(about: About & { turns: readonly Turn[]; ask: AskAboutCall }): Promise<Filled> {
  const { call, agent, settings, turns, ask, onCost } = about;
  const question = resultQuestion(about);
  const first = await ask({ call, agent, messages: question, onCost });
  const reading = readReply(first.text, settings, turns);
  const { provider, model } = first;
  if (reading.problems.length === 0) return { by: 'model', provider, model, findings: reading.findings };
  const messages = askAgain(question, first.text, reading.problems);
  const second = await ask({ call, agent, messages, onCost });
  const { findings } = readReply(second.text, settings, turns);
  return { by: 'model', provider: second.provider, model: second.model, findings };
}

function resultOf({ findings, ...by }: Filled, agent: Agent | undefined): CallResult {
  return {
    status: 'done',
    ...by,
    agent_version: agent?.version ?? null,
    analyzed_at: new Date().toISOString(),
    ...findings,
    values: valuesOf(findings.fields),
    error: null,
  };
}

function failure(error: unknown): Pick<CallResult, 'status' | 'error'> {
  return { status: 'failed', error: error instanceof Error ? error.message : String(error) };
}

async function write(
  { callId, run, costs, result }: { callId: string; run: string; costs: CostLine[]; result: CallResult },
  { calls }: Pick<AnalyzeDependencies, 'calls'>,
): Promise<void> {
  const batch = { events: [{ type: 'call.analyzed' as const, data: result }], costs, report: { result } };
  try {
    await calls.record(callId, { ...batch, unlessErased: true }, { change: { id: run, repeated: true } });
  } catch (error) {
    if (!(error instanceof CallError && error.code === 'call_not_found')) throw error;
    // It was erased meanwhile: nothing may be told of it, and the money was spent all the same.
    if (await calls.findCall(callId)) await calls.record(callId, { costs }, { change: newChange() });
  }
}
