import { buildPipeline, loadPrices, priceUsage, resolvePipeline } from '../../pipelines/index.ts';
import { readConfig } from '../../src/config.ts';
import { openTelemetry } from '../../src/telemetry/open-telemetry.ts';
import type { CallProcessDependencies } from '../../src/worker/dependencies.ts';
import { type ChatBody, startOpenRouterDouble } from '../fakes/openrouter-double.ts';
import { startDeepgramDouble } from '../fakes/deepgram-double.ts';
import { startElevenLabsDouble } from '../fakes/elevenlabs-double.ts';
import { startOllamaDouble } from '../fakes/ollama-double.ts';
import { startOtlpDouble } from '../fakes/otlp-double.ts';
import { openCalls } from './in-process-calls.ts';

/** What the caller of these tests says, over and over: the double knows when somebody speaks, not what. */
export const callerSays = 'When are you open?';
const long = 'We are open from nine to five on weekdays and from ten to two on Saturdays but never on Sundays. '.repeat(
  4,
);

/** What becomes of an answer: `broken` is finished by another model, `tool` takes a message, `long` is long and slow. */
export type Answer = 'plain' | 'tool' | 'long' | 'broken';

/**
 * Calls with the real hosted providers before doubles of their services, traced to a double of Langfuse.
 * @param answers To the first, second … turn of the caller; those after them are plain.
 */
export async function openTracedCalls({ content, answers }: { content: boolean; answers: Answer[] }) {
  const collector = await startOtlpDouble({ keys: 'pk:sk' });
  const deepgram = await startDeepgramDouble({ transcripts: [callerSays] });
  const elevenlabs = await startElevenLabsDouble();
  const ollama = await startOllamaDouble({ reply: 'until noon.' });
  const openrouter = await startOpenRouterDouble({
    servedModel: 'vendor/served',
    reply: (body) => {
      const { behaviour } = openrouter;
      const turn = body.messages.filter(({ role }) => role === 'user').length;
      const answer = body.messages.at(-1)?.role === 'tool' ? 'told' : (answers[turn - 1] ?? 'plain');
      delete behaviour.midStreamErrorAfterWords;
      if (answer === 'broken') behaviour.midStreamErrorAfterWords = 4;
      behaviour.betweenTokensMs = answer === 'long' ? 120 : 0;
      if (answer === 'tool') return { toolCalls: [{ name: messageTool(body), args: { message: 'Call Ann back.' } }] };
      if (answer === 'told') return 'I have passed that on.';
      if (answer === 'long') return long;
      return answer === 'broken' ? 'On Friday we are open until noon.' : 'We are open from nine to five.';
    },
  });
  const config = readConfig({
    DEEPGRAM_API_KEY: 'key',
    DEEPGRAM_URL: deepgram.url,
    OPENROUTER_API_KEY: 'key',
    OPENROUTER_URL: openrouter.url,
    ELEVENLABS_API_KEY: 'key',
    ELEVENLABS_URL: elevenlabs.url,
    OLLAMA_URL: ollama.url,
    OLLAMA_MODEL: 'llama3.1:8b',
    LANGFUSE_HOST: collector.url,
    LANGFUSE_PUBLIC_KEY: 'pk',
    LANGFUSE_SECRET_KEY: 'sk',
    LANGFUSE_TRACING_ENVIRONMENT: 'test',
    PARLEY_TELEMETRY_CONTENT: content ? 'on' : 'off',
  });
  const prices = await loadPrices();
  const calls = await openCalls();
  const telemetry = openTelemetry(
    { ...config.telemetry, version: '1.2.3' },
    { secret: 'secret', log: (level, message, fields) => calls.logs.push({ level, message, fields }), everyMs: 100 },
  );
  const deps: Partial<CallProcessDependencies> = {
    telemetry,
    priceOf: (usage) => priceUsage(usage, prices),
    buildPipeline: ({ agent, variables, log, onUsage, onFailure }) => {
      const definition = resolvePipeline({
        wanted: 'cloud',
        settings: config.providers,
        available: { embedded: false },
      });
      const context = { language: agent.language, sampleRateHz: 16_000, variables, log, onUsage, onFailure } as const;
      return buildPipeline({ definition, settings: config.providers, context });
    },
  };
  return {
    calls,
    collector,
    openrouter,
    telemetry,
    place: () => calls.place({ deps }),
    /** What Langfuse shows of an ended call, with the spans it was made of. */
    shown: async (callId: string) => {
      const own = () => collector.observations().filter(({ session }) => session === callId);
      const until = performance.now() + 10_000;
      while (!own().some(({ name }) => name === 'call')) {
        if (performance.now() > until) throw new Error(`No trace of ${callId} arrived.`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return own();
    },
    close: async () => {
      await calls.close();
      for (const far of [collector, deepgram, elevenlabs, ollama, openrouter]) await far.close();
    },
  };
}

function messageTool(body: ChatBody): string {
  const tools = body['tools'] as { function: { name: string } }[];
  return tools.map((tool) => tool.function.name).find((name) => name.startsWith('take'))!;
}
