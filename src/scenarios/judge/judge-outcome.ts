import { describeStep } from '../file/describe-step.ts';
import type { Expectations, Scenario, StepExpectations } from '../file/scenario-schema.ts';
import type { Exchange, Outcome } from '../outcome.ts';
import type { Ask } from './ask-model.ts';
import { contains, fits } from './phrases.ts';

/** One thing that was not as expected. */
export type Failure = {
  /** Of the scenario's file. */
  line: number;
  /** For people: `step 3, say "Hello"`, or `the call`. */
  where: string;
  expected: string;
  actual: string;
};

export type Verdict = {
  failures: Failure[];
  /** Expectations that could not be looked at on this line, or without a model; each once. */
  unjudged: string[];
};

type Place = {
  expect: Expectations | StepExpectations;
  exchanges: readonly Exchange[];
  where: string;
  line: (field: string) => number;
};

/** Compares what was heard and done with what was expected. */
export async function judgeOutcome(scenario: Scenario, outcome: Outcome, ask: Ask | undefined): Promise<Verdict> {
  const verdict: Verdict = { failures: [], unjudged: [] };
  for (const trouble of outcome.troubles)
    verdict.failures.push({
      line: scenario.line,
      where: 'the call',
      expected: 'to be run as written',
      actual: trouble,
    });
  for (const [index, step] of scenario.steps.entries()) {
    const where = `step ${index + 1}, ${describeStep(step)}`;
    const line = (field: string) => scenario.lineOf(['steps', index, 'expect', field]);
    const exchanges = outcome.exchanges.filter(({ step: at }) => at === index);
    if (exchanges.length === 0)
      verdict.failures.push({ line: line(''), where, expected: 'the call to go on', actual: endOf(outcome) });
    else await judgePlace({ expect: step.expect, exchanges, where, line }, { outcome, ask, verdict });
    judgeSilence({ step: step.expect, exchanges, where, line }, { outcome, verdict });
  }
  const line = (field: string) => scenario.lineOf(['expect', field]);
  const whole: Place = { expect: scenario.expect, exchanges: outcome.exchanges, where: 'the call', line };
  await judgePlace(whole, { outcome, ask, verdict });
  judgeCall(scenario, { outcome, verdict, line });
  return verdict;
}

type Judging = { outcome: Outcome; ask: Ask | undefined; verdict: Verdict };

async function judgePlace(
  { expect, exchanges, where, line }: Place,
  { outcome, ask, verdict }: Judging,
): Promise<void> {
  const fail = (field: string, expected: string, actual: string) =>
    verdict.failures.push({ line: line(field), where, expected, actual });
  const heard = exchanges
    .map(({ written }) => written)
    .filter(Boolean)
    .join(' ');
  const spoken = exchanges.map((exchange) => exchange.spoken).join(' ');
  const told = heard === '' ? 'nothing' : `"${heard}"`;
  for (const phrase of expect.heard ?? [])
    if (!contains(heard, phrase) && !contains(spoken, phrase)) fail('heard', `to hear "${phrase}"`, told);
  for (const phrase of expect.not_heard ?? [])
    if (contains(heard, phrase) || contains(spoken, phrase)) fail('not_heard', `not to hear "${phrase}"`, told);
  const calls = exchanges.flatMap(({ tools }) => tools);
  if (expect.tools?.length === 0 && calls.length > 0)
    fail('tools', 'no tool to be called', calls.map(describe).join('; '));
  for (const wanted of expect.tools ?? [])
    if (!calls.some(({ name, arguments: given }) => name === wanted.name && fits(given, wanted.arguments)))
      fail('tools', `${describe(wanted)} to be called`, calls.map(describe).join('; ') || 'no tool was called');
  const limit = expect.answer_within_ms;
  if (limit !== undefined)
    for (const { answerMs, did } of exchanges)
      if (answerMs !== null && answerMs > limit)
        fail('answer_within_ms', `an answer within ${limit} ms`, `${answerMs} ms (${did})`);
  for (const meaning of expect.means ?? []) {
    if (!ask) noteOnce(verdict, 'what is said is not compared by meaning (`means`): no --model is given');
    else {
      const no = await isMeant(ask, { meaning, exchanges });
      if (no !== undefined) fail('means', `that it ${meaning}`, `${told}; ${no}`);
    }
  }
  if (expect.answer_within_ms !== undefined && outcome.line === 'text')
    noteOnce(verdict, '`answer_within_ms` is the time of the language model alone in text');
}

function judgeSilence(
  { step, exchanges, where, line }: Omit<Place, 'expect'> & { step: StepExpectations },
  { outcome, verdict }: Omit<Judging, 'ask'>,
): void {
  const limit = step.silent_within_ms;
  if (limit === undefined) return;
  if (outcome.line === 'text') return noteOnce(verdict, '`silent_within_ms` is not measured in text');
  for (const { silentMs } of exchanges)
    if (silentMs === null || silentMs > limit)
      verdict.failures.push({
        line: line('silent_within_ms'),
        where,
        expected: `silence within ${limit} ms`,
        actual: silentMs === null ? 'the agent was not talked over' : `${silentMs} ms`,
      });
}

function judgeCall(
  { expect }: Scenario,
  { outcome, verdict, line }: { outcome: Outcome; verdict: Verdict; line: (field: string) => number },
): void {
  const fail = (field: string, expected: string, actual: string) =>
    verdict.failures.push({ line: line(field), where: 'the call', expected, actual });
  for (const [tool, count] of Object.entries(expect.effects ?? {})) {
    const happened = outcome.effects.filter((effect) => effect.tool === tool);
    if (happened.length !== count)
      fail(
        'effects',
        `${tool} to do something ${times(count)}`,
        `${times(happened.length)}${happened.map((each) => `; ${JSON.stringify(each.arguments)}`).join('')}`,
      );
  }
  if (expect.end_reason !== undefined && outcome.ended?.reason !== expect.end_reason)
    fail('end_reason', `the call to end as ${expect.end_reason}`, endOf(outcome));
  if (expect.cost_below_usd !== undefined && outcome.costUsd >= expect.cost_below_usd)
    fail('cost_below_usd', `to cost less than $${expect.cost_below_usd}`, `$${outcome.costUsd}`);
}

/** Why the model says that it is not meant. */
async function isMeant(
  ask: Ask,
  { meaning, exchanges }: { meaning: string; exchanges: readonly Exchange[] },
): Promise<string | undefined> {
  const transcript = exchanges
    .map(({ did, written }) => `Caller: ${did}\nAgent: ${written || '(says nothing)'}`)
    .join('\n');
  try {
    const answer = await ask({
      instructions:
        'You judge what an agent said on the telephone. Answer "yes" if it is true of what the agent said that it does what is claimed, else "no:" and why, in a few words. Judge the meaning, not the wording.',
      question: `${transcript}\n\nClaim: the agent ${meaning}`,
    });
    if (/^\W*yes\b/i.test(answer)) return undefined;
    return answer.replace(/^\W*no\b[:,.]?\s*/i, '') || 'the model says no';
  } catch (error) {
    return `the model could not be asked: ${(error as Error).message}`;
  }
}

function describe({ name, arguments: given }: { name: string; arguments: Record<string, unknown> }): string {
  return Object.keys(given).length === 0 ? name : `${name} ${JSON.stringify(given)}`;
}

function endOf({ ended }: Outcome): string {
  return ended ? `it had ended: ${ended.reason}` : 'nobody had ended it';
}

function times(count: number): string {
  return count === 0 ? 'never' : count === 1 ? 'once' : `${count} times`;
}

function noteOnce({ unjudged }: Verdict, note: string): void {
  if (!unjudged.includes(note)) unjudged.push(note);
}
