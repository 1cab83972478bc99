/**
 * Answers that no model should send, through a real HTTP connection, the real provider and the fallback of a call.
 * For longer, by hand: `./scripts/with-node.sh node --expose-gc test/pipelines/answer/fuzz-answers.ts SECONDS [SEED]`.
 */
import { fileURLToPath } from 'node:url';
import { FallbackModel } from '../../../pipelines/fallback/fallback-llm.ts';
import { openaiCompatibleLlm } from '../../../pipelines/providers/openai-compatible-llm.ts';
import { startOpenRouterDouble } from '../../fakes/openrouter-double.ts';
import { chatForTest, contextForTest, standbysForTest } from '../call-for-test.ts';
import { endlessStream, oddStream, randomFrom, secret, words, writeEndlessly, writeOddly } from './odd-answers.ts';
import { toolsForTest } from './tools-for-test.ts';

export type FuzzResult = { cases: number; spoken: number; calls: number; refused: number; heapMb: number[] };

const known = new Set([...words, ...words.map((word) => word.normalize('NFD'))]);

/** @throws Error that names the seed of the case, when something is spoken that is no speech or thrown that is no refusal */
export async function fuzzAnswers({
  seed,
  isOver,
}: {
  seed: number;
  isOver: (cases: number) => boolean;
}): Promise<FuzzResult> {
  let random = randomFrom(seed);
  let asked = 0;
  const double = await startOpenRouterDouble({
    raw: async (_body, response) => {
      asked += 1;
      if (random.next() < 0.03) await writeEndlessly(endlessStream(random), response);
      else await writeOddly(oddStream(random), response, random);
    },
  });
  const context = contextForTest();
  context.onFailure = () => undefined;
  context.log = () => undefined;
  const options = openaiCompatibleLlm.options.parse({
    url: double.url,
    model: 'odd',
    firstTokenTimeoutMs: 20_000,
    betweenTokensTimeoutMs: 20_000,
  });
  const stage = standbysForTest('llm', { 'openai-compatible-llm': openaiCompatibleLlm.create(options) }, { context });
  const model = new FallbackModel(stage);
  const errors: Error[] = [];
  model.on('error', ({ error }) => errors.push(error));
  const result: FuzzResult = { cases: 0, spoken: 0, calls: 0, refused: 0, heapMb: [] };
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  try {
    for (; !isOver(result.cases); result.cases += 1) {
      const caseSeed = seed + result.cases;
      random = randomFrom(caseSeed);
      const wrong = (what: string) => new Error(`seed ${caseSeed}: ${what}`);
      const { text, toolCalls } = await model.chat({ chatCtx: chatForTest(), toolCtx: toolsForTest }).collect();
      for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
        if (!known.has(word) && !isPartOfWord(word))
          throw wrong(`"${word}" was spoken, in ${JSON.stringify(text.slice(0, 400))}`);
      if (text.includes(secret) || !text.isWellFormed()) throw wrong(`spoken: ${JSON.stringify(text.slice(0, 400))}`);
      if (text.length > 7_000) throw wrong(`${text.length} characters were spoken`);
      for (const { args } of toolCalls) JSON.parse(args);
      const strange = errors.find(({ name }) => name !== 'ProviderError');
      if (strange) throw wrong(`thrown: ${strange.stack}`);
      if (unhandled.length > 0) throw wrong(`unhandled: ${String(unhandled[0])}`);
      result.refused += errors.splice(0).length;
      result.spoken += text.length;
      result.calls += toolCalls.length;
      double.requests.length = 0;
      if (result.cases % 500 === 0) {
        (globalThis as { gc?: () => void }).gc?.();
        result.heapMb.push(Math.round(process.memoryUsage().heapUsed / 104_857.6) / 10);
      }
    }
  } finally {
    process.off('unhandledRejection', note);
    await model.aclose();
    await double.close();
  }
  if (asked < result.cases) throw new Error('the double was not asked.');
  return result;
}

/**
 * A word may lose a letter with its byte, break off with its stream, and grow together with the next one where a mark
 * between them is dropped: made of beginnings of the words, in other words.
 */
function isPartOfWord(word: string): boolean {
  if (word === '' || word === 'brigens') return true;
  return words.some((each) =>
    Array.from({ length: each.length }, (_, index) => each.slice(0, each.length - index)).some(
      (start) => word.startsWith(start) && isPartOfWord(word.slice(start.length)),
    ),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [seconds = '300', seed = '1'] = process.argv.slice(2);
  const until = performance.now() + Number(seconds) * 1000;
  const { heapMb, ...figures } = await fuzzAnswers({ seed: Number(seed), isOver: () => performance.now() > until });
  const shown = heapMb.filter((_, index) => index % Math.ceil(heapMb.length / 12) === 0 || index === heapMb.length - 1);
  process.stdout.write(`${JSON.stringify({ ...figures, heapMb: shown })}\n`);
}
