import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { initializeLogger, type stt } from '@livekit/agents';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectEngine, type EngineClient } from '../../../pipelines/engine/engine-client.ts';
import { moonshineStt } from '../../../pipelines/providers/moonshine-stt.ts';
import { piperEmbeddedTts } from '../../../pipelines/providers/piper-embedded-tts.ts';
import { quiet } from '../audio-for-test.ts';
import { answerAtOnce, startEngineDouble } from '../engine/engine-double.ts';
import { contextOf } from '../engine/provider-context.ts';

let engine: Awaited<ReturnType<typeof startEngineDouble>>;
let client: EngineClient;
beforeAll(async () => {
  initializeLogger({ pretty: false, level: 'silent' });
  engine = await startEngineDouble((request, reply) => {
    engine.requests.length = 0;
    answerAtOnce(request, reply);
  });
  client = connectEngine(engine.socketPath);
});
afterAll(async () => {
  client.close();
  await engine.close();
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Growth of the heap, in kilobytes per run, after the first runs have warmed it up. */
async function growthKbPerRun(run: () => Promise<void>, runs: number): Promise<number> {
  const heapKb = async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    collectGarbage();
    return process.memoryUsage().heapUsed / 1000;
  };
  const repeat = async (times: number) => {
    const atOnce = Array.from({ length: 8 }, async () => {
      for (let count = 0; count < times / 8; count++) await run();
    });
    await Promise.all(atOnce);
  };
  await repeat(200);
  const before = await heapKb();
  await repeat(runs);
  return ((await heapKb()) - before) / runs;
}

const leftOf = (emitter: unknown) => (emitter as { eventNames(): unknown[] }).eventNames();

describe('a thousand embedded streams', () => {
  it('of the voice leave nothing behind, also when they are interrupted', async () => {
    const voice = piperEmbeddedTts.create(piperEmbeddedTts.options.parse({}), contextOf(client));
    let count = 0;
    const growth = await growthKbPerRun(async () => {
      const stream = voice.stream();
      stream.pushText('Hello there. How are you?');
      stream.endInput();
      for await (const _ of stream) if (count++ % 3 === 0) stream.close();
    }, 1000);
    expect(growth).toBeLessThan(1);
    expect(leftOf(voice)).toEqual([]);
    await vi.waitFor(() => expect(engine.clients).toBe(1));
  }, 60_000);

  it('of recognition leave nothing behind', async () => {
    const recognizer = moonshineStt.create(moonshineStt.options.parse({}), contextOf(client));
    const frames = quiet(100);
    const growth = await growthKbPerRun(async () => {
      const stream: stt.SpeechStream = recognizer.stream();
      for (const frame of frames) stream.pushFrame(frame);
      stream.endInput();
      for await (const _ of stream);
      stream.close();
    }, 1000);
    expect(growth).toBeLessThan(1);
    expect(leftOf(recognizer)).toEqual([]);
  }, 60_000);
});
