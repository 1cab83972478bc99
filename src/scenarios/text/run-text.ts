import { type PipelineDefinition, type ProviderSettings } from '../../../pipelines/index.ts';
import type { Agent } from '../../agent-files/agent.ts';
import type { Log } from '../../telemetry/logger.ts';
import type { PriceOf } from '../../worker/call/cost-meter.ts';
import { ExchangeBook } from '../exchange-book.ts';
import { describeStep } from '../file/describe-step.ts';
import type { Scenario, ScenarioStep } from '../file/scenario-schema.ts';
import type { Ask } from '../judge/ask-model.ts';
import type { Outcome } from '../outcome.ts';
import { type PersonaLine, speakerOf } from '../persona.ts';
import { beforeTheCall } from './before-the-call.ts';
import { TextCall } from './text-call.ts';
import { writtenCall } from './written-call.ts';

export type TextParts = {
  /** All there are: a backend may choose another one. */
  agents: readonly Agent[];
  definitionOf: (agent: Agent) => PipelineDefinition;
  settings: ProviderSettings;
  priceOf: PriceOf;
  /** Plays personas that have a goal. */
  ask: Ask | undefined;
  log: Log;
};

/** Runs a scenario in writing. @throws Error when nobody could answer */
export async function runText(scenario: Scenario, asked: Agent, parts: TextParts): Promise<Outcome> {
  const startedMs = performance.now();
  const at = scenario.call.at === undefined ? new Date() : new Date(scenario.call.at);
  const { doubles, steps } = scenario;
  const { agents } = parts;
  const begun = await beforeTheCall(scenario.call, {
    call: writtenCall({ agent: scenario.agent, ...scenario.call }, at),
    agent: asked,
    at,
    agents,
  });
  if (begun.refused) return refused(begun.troubles);
  const { agent } = begun;
  const definition = parts.definitionOf(agent);
  const call = await TextCall.open({ ...parts, definition, call: begun.call, agent, at, doubles });
  call.troubles.push(...begun.troubles);
  const book = new ExchangeBook(call);
  try {
    book.begin(null, 'calls');
    await call.greet(steps[0]?.barge_in_after_ms);
    for (const [index, step] of steps.entries()) {
      if (call.ending.cause) break;
      await take(call, { step, begins: () => book.begin(index, describeStep(step)), next: steps[index + 1] });
    }
    if (scenario.persona && !call.ending.cause) await play(call, { scenario, book, ask: parts.ask });
    book.end();
    const { cause } = call.ending;
    return {
      line: 'text',
      exchanges: book.exchanges,
      effects: call.effects,
      ended: cause ? { reason: cause.reason, by: cause.hungUpBy } : null,
      costUsd: call.costUsd,
      model: call.model,
      troubles: call.troubles,
      seconds: (performance.now() - startedMs) / 1000,
    };
  } finally {
    // The SDK takes half a second to close a session; nothing of the outcome waits for it.
    void call.close().catch((error: unknown) => parts.log('warn', 'a session could not be closed', { error }));
  }
}

/** The operator's backend did not want the call: nobody spoke. */
function refused(troubles: string[]): Outcome {
  const ended = { reason: 'blocked_by_rule', by: 'operator' } as const;
  return { line: 'text', exchanges: [], effects: [], ended, costUsd: 0, model: 'none', troubles, seconds: 0 };
}

async function take(
  call: TextCall,
  { step, begins, next }: { step: ScenarioStep; begins: () => void; next: ScenarioStep | undefined },
): Promise<void> {
  if (step.say !== undefined) return call.say(step.say, { begins, talkedOverAfterMs: next?.barge_in_after_ms });
  begins();
  if (step.wait !== undefined) return call.wait(step.wait);
  call.hangUp();
}

async function play(
  call: TextCall,
  { scenario, book, ask }: { scenario: Scenario; book: ExchangeBook; ask: Ask | undefined },
): Promise<void> {
  const { persona } = scenario;
  if (!persona) return;
  const speak = speakerOf(persona, ask);
  const said: PersonaLine[] = scenario.steps.flatMap(({ say }) =>
    say === undefined ? [] : [{ by: 'caller', text: say }],
  );
  let heard = 0;
  for (let turn = 0; turn < persona.max_turns && !call.ending.cause; turn++) {
    said.push({ by: 'agent', text: call.heard.written.slice(heard).join(' ') });
    heard = call.heard.written.length;
    const words = await speak(said);
    if (words === undefined) break;
    said.push({ by: 'caller', text: words });
    await call.say(words, { begins: () => book.begin(null, `say "${words}"`) });
  }
  call.hangUp();
}
