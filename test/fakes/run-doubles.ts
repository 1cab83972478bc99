import { startDeepgramDouble } from './deepgram-double.ts';
import { startFluxDouble } from './deepgram-flux-double.ts';
import { startElevenLabsDouble } from './elevenlabs-double.ts';
import { startOllamaDouble } from './ollama-double.ts';
import { startOpenRouterDouble } from './openrouter-double.ts';
import { startPiperDouble } from './piper-double.ts';
import { startWhisperLiveDouble } from './whisperlive-double.ts';

const starts: Record<string, (given: Record<string, unknown>) => Promise<{ url: string; close(): Promise<void> }>> = {
  deepgram: startDeepgramDouble,
  flux: startFluxDouble,
  openrouter: startOpenRouterDouble,
  elevenlabs: startElevenLabsDouble,
  whisperlive: startWhisperLiveDouble,
  ollama: startOllamaDouble,
  piper: startPiperDouble,
};

/**
 * Provider doubles in a process of their own, so that a benchmark does not share its thread with them. One JSON argument:
 * `{"deepgram": {…}, "openrouter": {…}, …}`, those to start and the behaviour of each. Prints the addresses as one JSON
 * line, and ends when its standard input does.
 */
const given = JSON.parse(process.argv[2] ?? '{}') as Record<string, Record<string, unknown>>;
const doubles = await Promise.all(
  Object.entries(given).map(async ([name, behaviour]) => {
    const start = starts[name];
    if (!start) throw new Error(`There is no double of ${name}. Name one of ${Object.keys(starts).join(', ')}.`);
    return [name, await start(behaviour)] as const;
  }),
);
process.stdout.write(`${JSON.stringify(Object.fromEntries(doubles.map(([name, { url }]) => [name, url])))}\n`);
process.stdin.resume();
process.stdin.once('end', () => {
  void Promise.all(doubles.map(([, double]) => double.close()));
});
