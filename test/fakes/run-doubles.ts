import { startDeepgramDouble } from './deepgram-double.ts';
import { startElevenLabsDouble } from './elevenlabs-double.ts';
import { startOllamaDouble } from './ollama-double.ts';
import { startOpenRouterDouble } from './openrouter-double.ts';
import { startPiperDouble } from './piper-double.ts';
import { startWhisperLiveDouble } from './whisperlive-double.ts';

/**
 * Provider doubles in a process of their own, so that a benchmark does not share its thread with them. One JSON argument:
 * `{"deepgram": {…}, "openrouter": {…}, …}`, each the behaviour of that double. Prints the addresses as one JSON line, and
 * ends when its standard input does.
 */
const given = JSON.parse(process.argv[2] ?? '{}') as Record<string, Record<string, unknown>>;
const doubles = {
  deepgram: await startDeepgramDouble(given['deepgram']),
  openrouter: await startOpenRouterDouble(given['openrouter']),
  elevenlabs: await startElevenLabsDouble(given['elevenlabs']),
  whisperlive: await startWhisperLiveDouble(given['whisperlive']),
  ollama: await startOllamaDouble(given['ollama']),
  piper: await startPiperDouble(given['piper']),
};
process.stdout.write(
  `${JSON.stringify(Object.fromEntries(Object.entries(doubles).map(([name, { url }]) => [name, url])))}\n`,
);
process.stdin.resume();
process.stdin.once('end', () => {
  void Promise.all(Object.values(doubles).map((double) => double.close()));
});
