import { check } from 'recheck';
import { expect, test } from 'vitest';
import { createScriptedBrain } from '../../pipelines/scripted/create-scripted-brain.ts';
import { scriptSchema } from '../../pipelines/scripted/script.ts';
import { speakable } from '../../pipelines/text/spoken/speakable.ts';
import { cuesIn } from '../../telephony/phrases/cues.ts';
import { renderVariables } from '../../src/agent-files/render-variables.ts';
import { expectationKinds } from '../../src/calls/call.ts';
import { expectationOf } from '../../src/worker/turns/expectation.ts';
import { readTurn } from '../../src/worker/turns/read-turn.ts';
import { type Expression, expressionsOf } from './expressions-of.ts';

/** These read what people say and what is read out, and cut it to a length first, which the last tests show. */
const boundedRooms = [
  'pipelines/answer/',
  'pipelines/scripted/',
  'pipelines/text/',
  'pipelines/wire/server-manners.ts',
  'src/worker/turns/',
  'telephony/phrases/',
];

/** Expressions built from values at run time, and whose values they are. */
const builtFromValues = {
  'pipelines/answer/marks.ts': 'constants of the same file, and names of tools, escaped',
  'pipelines/providers/openai-compatible-tts.ts': 'the names of two fields, from a list of its own',
  'pipelines/scripted/reading/read-time.ts': 'constants of the same file',
  'pipelines/text/spoken/speakable.ts': 'words of the agent file, escaped',
  'pipelines/text/spoken/rule.ts': 'constants of the rules and words of the tables of languages',
  'pipelines/text/spoken/rules/measures.ts': 'words of the tables of languages',
  'pipelines/text/spoken/rules/money.ts': 'words of the tables of languages',
  'pipelines/text/spoken/rules/numbers.ts': 'words of the tables of languages',
  'pipelines/text/spoken/rules/symbols.ts': 'words of the tables of languages',
  'pipelines/text/spoken/rules/times.ts': 'words of the tables of languages',
  'src/caller/caller-report.ts': 'what the operator wrote into a test of their own',
  'src/calls/place/spoken-time/plain-words.ts': 'words of the tables of languages',
  'src/calls/place/spoken-time/read-clock.ts': 'words of the tables of languages',
  'src/calls/place/spoken-time/read-day.ts': 'words of the tables of languages',
  'src/scenarios/judge/phrases.ts': "a pattern that the author of a scenario writes, read on the author's own machine",
  'src/worker/recording/ogg-opus.ts': 'names of its own tags',
  'src/worker/turns/expectation.ts': 'the questions of an agent file, escaped, between which anything may stand',
  'src/worker/turns/words/yes-or-no.ts': 'constants of the same file, for no more than eight words',
};

const found = expressionsOf(['src/**/*.{ts,js}', 'pipelines/**/*.ts', 'telephony/**/*.ts', 'docker/*.ts']);
const isBounded = ({ at }: Expression) => boundedRooms.some((room) => at.startsWith(room));

test('every regular expression that meets foreign text is linear', { timeout: 180_000, retry: 0 }, async () => {
  const { expressions } = await found;
  expect(expressions.length).toBeGreaterThan(400);
  expect(
    await notSafe(
      expressions.filter((each) => !isBounded(each)),
      8_000,
    ),
  ).toEqual([]);
});

test('none is exponential where the text is cut to a length', { timeout: 180_000, retry: 0 }, async () => {
  const { expressions } = await found;
  const unsafe = await notSafe(expressions.filter(isBounded), 300);
  expect(unsafe.filter(({ complexity }) => complexity === 'exponential')).toEqual([]);
});

test('expressions are built from values in these files only', async () => {
  expect((await found).builders).toEqual(Object.keys(builtFromValues).sort());
});

/** Texts that keep a backtracking matcher busy, each as long as a request may be. */
const attacks = [
  '{{'.padEnd(50_000),
  '{{'.repeat(25_000),
  '0,00'.repeat(12_500),
  '! '.repeat(25_000),
  'message that '.repeat(4_000),
  'who is me '.repeat(5_000),
  'um, oh, '.repeat(6_000),
  'a as in '.repeat(6_000),
  '($1-'.repeat(12_500),
  'lease who s '.repeat(4_000),
  'model not '.repeat(5_000),
  '\t'.repeat(50_000),
  `${'.'.repeat(50_000)}x`,
];

const facts = [{ id: 'hours', examples: ['when are you open', 'opening hours'], answer: 'Nine.' }];

test.each(attacks.map((text) => [text.slice(0, 12), text]))('%j… costs no time anywhere', async (_, text) => {
  const brain = createScriptedBrain(scriptSchema.parse({ facts }));
  const work: Record<string, () => unknown> = {
    variables: () => renderVariables(`${text}.`, {}),
    phrases: () => cuesIn(text, 'nl'),
    brain: () => brain.reply([], text),
    speech: () => readOut(text),
    turns: () => [
      expectationOf(text, { tools: [], language: 'en-US' }),
      ...expectationKinds.map((kind) => readTurn(text, { kind, yesOrNo: true }, { language: 'en-US' })),
    ],
  };
  for (const [name, each] of Object.entries(work)) {
    const before = process.threadCpuUsage();
    await each();
    // Time of this thread's own, so that a busy machine makes nothing slow.
    expect({ name, slow: process.threadCpuUsage(before).user > 1_500_000 }).toEqual({ name, slow: false });
  }
});

async function readOut(text: string): Promise<void> {
  const whole = (async function* () {
    yield text;
  })();
  for await (const _ of speakable(whole, { language: 'en-US', pronunciation: {} }));
}

async function notSafe(expressions: readonly Expression[], timeout: number) {
  const unique = [...new Map(expressions.map((each) => [`/${each.source}/${each.flags}`, each])).values()];
  const unsafe: { at: string; source: string; complexity: string }[] = [];
  for (const { source, flags, at } of unique) {
    const verdict = await check(source, flags, { timeout });
    if (verdict.status === 'safe') continue;
    unsafe.push({ at, source, complexity: verdict.status === 'vulnerable' ? verdict.complexity.type : 'unknown' });
  }
  return unsafe;
}
