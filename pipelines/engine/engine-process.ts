import { availableParallelism } from 'node:os';
import { type EndOfTurn, loadEndOfTurn } from './end-of-turn.ts';
import { loadLanguageModel } from './language-model.ts';
import { loadMoonshine } from './moonshine.ts';
import { loadPiper } from './piper.ts';
import { featuresOf, type LoadedModels, serveEngine } from './serve-engine.ts';
import { loadSherpa } from './sherpa.ts';
import type { EngineModels, EngineNews, EngineProcessOptions } from './start-engine.ts';

/**
 * The threads of a language model wait for each other without pause, token by token: where one of them has to share its
 * core with a call, all stand still. So one core is left to the calls.
 */
const languageThreads = Math.min(4, Math.max(1, availableParallelism() - 1));

/**
 * The engine's own process, forked by `startEngine`. It lives as long as the channel to its parent is open. Signals that
 * a terminal or a service manager sends to all processes at once are ignored: calls that are still running need it.
 */
async function main(options: EngineProcessOptions): Promise<void> {
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  const parentGone = new Promise<void>((resolve) => process.once('disconnect', resolve));
  const models = await load(options.models);
  const server = await serveEngine({
    socketPath: options.socketPath,
    models,
    concurrency: availableParallelism(),
    maxQueued: options.maxQueued,
  });
  tell({ event: 'ready', features: featuresOf(models) });
  await parentGone;
  await server.close();
}

async function load(models: EngineModels): Promise<LoadedModels> {
  const sherpa = models.stt || models.tts ? loadSherpa() : undefined;
  const [stt, tts, llm] = await Promise.all([
    sherpa && models.stt ? loadMoonshine(sherpa, models.stt) : undefined,
    sherpa && models.tts ? loadPiper(sherpa, models.tts) : undefined,
    models.llm ? loadLanguageModel(models.llm, languageThreads) : undefined,
  ]);
  const endOfTurn = tryToLoadEndOfTurn();
  // The first use of a model allocates its memory and is several times slower than the next.
  const signal = AbortSignal.timeout(60_000);
  await stt?.transcribe(new Int16Array(16_000), signal);
  await tts?.synthesize({ text: 'Hello.', speed: 1, signal, onAudio: () => undefined });
  await endOfTurn?.predict(new Int16Array(19_200));
  return { endOfTurn, stt, tts, llm };
}

/** It has no build for every machine; without it turns end by silence alone. */
function tryToLoadEndOfTurn(): EndOfTurn | undefined {
  try {
    return loadEndOfTurn();
  } catch (error) {
    tell({ event: 'warning', message: `The end-of-turn model cannot be loaded: ${messageOf(error)}` });
    return undefined;
  }
}

function tell(news: EngineNews): void {
  if (process.connected && process.send) process.send(news);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

main(JSON.parse(process.argv[2] ?? '{}') as EngineProcessOptions).catch((error: unknown) => {
  tell({ event: 'failed', message: messageOf(error) });
});
