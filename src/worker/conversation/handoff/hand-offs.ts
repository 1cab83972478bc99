import { llm } from '@livekit/agents';
import { slotsSaid, type TranscriptItem } from '../../../../pipelines/index.ts';
import type { Agent } from '../../../agent-files/agent.ts';
import type { Call, Turn } from '../../../calls/call.ts';
import type { Log } from '../../../telemetry/logger.ts';
import type { CallLog } from '../../call/call-log.ts';
import type { CallProcessDependencies } from '../../dependencies.ts';
import type { Preparation } from '../../preparation/preparation.ts';
import { instructionsOf } from '../agent-session.ts';
import type { CallAgent } from '../call-agent.ts';
import { Papers } from '../knowledge/papers.ts';

/** Who has the conversation, and what is known. */
export type Holder = { call: Call; agent: Agent; variables: Readonly<Record<string, string>> };

type Parts = {
  first: Holder;
  deps: Pick<CallProcessDependencies, 'agents' | 'pipelineFor' | 'searchPapers' | 'searchPapersByMeaning'>;
  preparation: Pick<Preparation, 'build'>;
  /** What was said so far. */
  turns: () => readonly Turn[];
  /** Everything that a holder can do. */
  toolsFor: (holder: Holder) => Promise<llm.ToolContextLike>;
  /** Somebody else has the conversation. */
  onHandedOff: (holder: Holder) => void;
  record: Pick<CallLog, 'add'>;
  log: Log;
};

type Switched = Pick<CallAgent, 'updateInstructions' | 'updateTools' | 'updateOptions' | 'papers'>;

/**
 * Gives the conversation to another agent file within the call: its instructions, tools, script and language model take over, with
 * all that was said. Ears and voice stay, and nobody is greeted again.
 */
export class HandOffs {
  readonly #parts: Parts;
  #holder: Holder;
  /** Since when, on the clock of `Date.now()`, which agent has the conversation. */
  readonly #since: { agent: string; fromMs: number }[];
  #callAgent: Switched | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#holder = parts.first;
    this.#since = [{ agent: parts.first.agent.name, fromMs: 0 }];
  }

  /** The conversation begins. */
  attach(callAgent: Switched): void {
    this.#callAgent = callAgent;
    callAgent.papers = this.#papersOf(this.#holder.agent);
  }

  /** Which agent spoke at this time of `Date.now()`. */
  speakerAt(ms: number): string | undefined {
    return this.#since.findLast(({ fromMs }) => fromMs <= ms)?.agent;
  }

  /** @throws ToolError, for the model that asked, where the other agent cannot have it */
  async to(name: string): Promise<void> {
    const { deps, preparation, onHandedOff, record } = this.#parts;
    const from = this.#holder;
    const agent = deps.agents.get(name);
    if (!agent || !this.#callAgent) throw new llm.ToolError(`The agent ${name} is not there now. Go on yourself.`);
    if (tongueOf(agent) !== tongueOf(from.agent))
      throw new llm.ToolError(`The agent ${name} does not speak the language of this call. Go on yourself.`);
    const known = this.#knownTo(agent);
    const call = this.#callOf(agent, known);
    const { variables, building } = preparation.build({ call, agent });
    const holder = { call, agent, variables };
    try {
      const [{ llm: model }, tools] = await Promise.all([building, this.#parts.toolsFor(holder)]);
      await this.#callAgent.updateOptions({ llm: model });
      await this.#callAgent.updateInstructions(instructionsOf(holder));
      await this.#callAgent.updateTools(tools);
      this.#callAgent.papers = this.#papersOf(agent);
    } catch (error) {
      this.#parts.log('error', 'another agent cannot have the call', { agent: name, error });
      throw new llm.ToolError(`The agent ${name} cannot be reached. Go on yourself.`);
    }
    this.#holder = holder;
    this.#since.push({ agent: name, fromMs: Date.now() });
    const { pipeline, pipelineOverrides } = call;
    record.add({
      events: [{ type: 'agent.handed_off', data: { from: from.agent.name, to: name } }],
      // Whoever takes the call over goes on as this agent.
      chosen: { agent: name, pipeline, pipelineOverrides, variables: known },
      ...(agent.result && { report: { wants_result: true } }),
    });
    onHandedOff(holder);
  }

  /** The call as it is with this agent. */
  #callOf(agent: Agent, known: Record<string, string>): Call {
    const { call } = this.#holder;
    const chosen = this.#parts.deps.pipelineFor?.(agent);
    return { ...call, ...chosen, agent: agent.name, variables: { ...call.variables, ...known } };
  }

  /** What slots of the script before hold fills the variables of their names. */
  #knownTo({ variables }: Agent): Record<string, string> {
    return Object.fromEntries(Object.entries(this.#slots()).filter(([name]) => Object.hasOwn(variables, name)));
  }

  #papersOf(agent: Agent): Papers | undefined {
    const { deps, record, log } = this.#parts;
    const { searchPapers: search, searchPapersByMeaning: byMeaning } = deps;
    return search && agent.papers?.length ? new Papers({ agent, search, byMeaning, record, log }) : undefined;
  }

  #slots(): Record<string, string> {
    const { call, agent, variables } = this.#holder;
    if (!agent.script) return {};
    const transcript = this.#parts.turns().map((turn): TranscriptItem => {
      const { role, text, interrupted } = turn;
      return role === 'caller' ? { type: 'caller', text } : { type: 'agent', text, interrupted };
    });
    const callNumber = call.phoneNumber ?? undefined;
    const { said } = slotsSaid({ script: agent.script, variables: { ...variables }, transcript, callNumber });
    return Object.fromEntries(said.map(({ slot, value }) => [slot, String(value)]));
  }
}

function tongueOf({ language }: Agent): string {
  return language.toLowerCase().split('-')[0] ?? '';
}
