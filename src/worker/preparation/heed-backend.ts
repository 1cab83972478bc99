import { languageProblem } from '../../../pipelines/index.ts';
import { type Agent, agentSchema } from '../../agent-files/agent.ts';
import { variablesIn } from '../../agent-files/render-variables.ts';
import type { Asked } from '../../calls/before-answer/ask-backend.ts';
import type { Advice } from '../../calls/before-answer/read-advice.ts';
import type { CallEvent } from '../../calls/call.ts';
import type { CallLog } from '../call/call-log.ts';
import type { EndCause } from '../call/ending.ts';
import type { CallProcessDependencies } from '../dependencies.ts';
import { formalitiesOf } from '../recording/consent.ts';
import type { Cast, PreparedCall } from './prepared-call.ts';

type First = Pick<PreparedCall, 'call' | 'agent'>;

type Means = {
  resumed: boolean;
  prepare: (cast: Cast) => PreparedCall;
  record: Pick<CallLog, 'add'>;
  deps: Pick<CallProcessDependencies, 'askBackend' | 'agents' | 'pipelineFor'>;
};

/**
 * Asks the operator's backend about a call that comes in, while everything is made ready for the agent that was found. Where the
 * answer changes what has to be ready, that is made ready anew; what cannot be had of it is left out, and noted in the event
 * `backend.asked`. Never rejects.
 */
export async function heedBackend(first: PreparedCall, means: Means): Promise<PreparedCall | { refused: EndCause }> {
  const { call, agent } = first;
  const { resumed, prepare, record, deps } = means;
  const backend = agent.before_answer;
  if (!backend || !deps.askBackend || resumed || call.direction === 'outbound' || call.answeredAt) return first;
  const asked = await deps.askBackend({ call, backend });
  const { refused } = asked.advice;
  if (refused) {
    record.add({ events: [eventOf(asked, { refused: true, ...refused })] });
    const detail = refused.reason && { detail: refused.reason };
    return { refused: { reason: 'blocked_by_rule', hungUpBy: 'operator', rule: 'before_answer', ...detail } };
  }
  const notes = [...asked.notes];
  const cast = castBy(asked.advice, { first, notes, deps });
  const second = cast && prepare(cast);
  const fits = second && (await second.building.then(() => true).catch(() => false));
  if (second && !fits) notes.push('What it says cannot be made ready; the call goes on as it was.');
  const held = second && fits ? second : first;
  const taken = held === first ? {} : takenOf(held, asked.advice);
  record.add({
    events: [eventOf({ ...asked, notes }, taken)],
    ...(held !== first && {
      chosen: {
        agent: held.call.agent,
        pipeline: held.call.pipeline,
        pipelineOverrides: held.call.pipelineOverrides,
        variables: asked.advice.variables,
      },
    }),
  });
  return held;
}

/** The language that a backend chose for this call, by its events. */
export function languageChosen(agent: Agent, events: readonly CallEvent[] | undefined): Agent {
  const language = events?.findLast(({ type }) => type === 'backend.asked')?.data['language'];
  return typeof language === 'string' ? { ...agent, language } : agent;
}

/** Who takes the call by this advice; undefined: it changes nothing. What cannot be had of it is told in `notes`. */
export function castBy(
  advice: Advice,
  { first, notes, deps }: { first: First; notes: string[]; deps: Pick<Means['deps'], 'agents' | 'pipelineFor'> },
): Cast | undefined {
  const chosen = agentBy(advice, { first, notes, deps });
  const language = languageBy(advice, chosen?.agent ?? first.agent, notes);
  const agent = { ...(chosen?.agent ?? first.agent), ...(language !== undefined && { language }) };
  const unused = Object.keys(advice.variables).filter((name) => !uses(agent, name));
  if (unused.length > 0) notes.push(`The agent ${agent.name} has no variable ${unused.slice(0, 5).join(', ')}.`);
  if (!chosen && language === undefined && Object.keys(advice.variables).length === 0) return undefined;
  const variables = { ...first.call.variables, ...advice.variables };
  const call = { ...first.call, ...chosen?.pipeline, agent: agent.name, variables };
  return { call, agent, formalities: formalitiesOf(agent, undefined) };
}

function agentBy({ agent: name }: Advice, of: Parameters<typeof castBy>[1]) {
  const { first, notes, deps } = of;
  if (name === undefined || name === first.agent.name) return undefined;
  const agent = deps.agents.get(name);
  if (!agent) notes.push(`There is no agent "${name.slice(0, 60)}".`);
  if (!agent || !deps.pipelineFor) return undefined;
  try {
    const { pipeline, pipelineOverrides } = deps.pipelineFor(agent);
    return { agent, pipeline: { pipeline, pipelineOverrides } };
  } catch (error) {
    notes.push(`The agent ${name} cannot be had: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function languageBy({ language }: Advice, agent: Agent, notes: string[]): string | undefined {
  if (language === undefined || language === agent.language) return undefined;
  const read = agentSchema.shape.language.safeParse(language).data;
  const problem =
    read === undefined
      ? `"${language.slice(0, 20)}" is not a language tag, such as en-US or de`
      : languageProblem(agent.pipeline, read);
  if (problem) notes.push(`\`language\`: ${problem}.`);
  return problem ? undefined : read;
}

function uses(agent: Agent, name: string): boolean {
  return Object.hasOwn(agent.variables, name) || variablesIn(`${agent.greeting}\n${agent.prompt}`).includes(name);
}

function takenOf({ agent, call }: Cast, advice: Advice): Record<string, unknown> {
  const names = Object.keys(advice.variables);
  return {
    ...(advice.agent === agent.name && { agent: agent.name }),
    ...(advice.language === agent.language && { language: agent.language }),
    ...(names.length > 0 && { variables: Object.fromEntries(names.map((name) => [name, call.variables[name]])) }),
  };
}

function eventOf({ status, latencyMs, notes }: Asked, taken: Record<string, unknown>) {
  const data = {
    ...(status !== undefined && { status }),
    latency_ms: latencyMs,
    ...taken,
    ...(notes.length > 0 && { notes }),
  };
  return { type: 'backend.asked' as const, data };
}
