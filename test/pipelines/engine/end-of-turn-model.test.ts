import { afterEach, describe, expect, it } from 'vitest';
import { createEndOfTurnModel } from '../../../pipelines/engine/end-of-turn-model.ts';
import { connectEngine } from '../../../pipelines/engine/engine-client.ts';
import { pcmSamples } from '../../../pipelines/engine/frames.ts';
import { answerAtOnce, freshSocketPath, startEngineDouble } from './engine-double.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

function modelOf(socketPath: string) {
  const client = connectEngine(socketPath);
  endings.push(() => client.close());
  const warnings: string[] = [];
  const model = createEndOfTurnModel(client, (level, message) => warnings.push(`${level}: ${message}`));
  return { model, warnings };
}

const pcm = Int16Array.of(1, 2);

describe('the end-of-turn model', () => {
  it('asks the engine about the samples it is given', async () => {
    const asked: Int16Array[] = [];
    const engine = await startEngineDouble((request, reply, payload) => {
      asked.push(pcmSamples(payload));
      answerAtOnce(request, reply);
    });
    endings.push(() => engine.close());
    const { model, warnings } = modelOf(engine.socketPath);
    expect(await model(pcm)).toBe(0.25);
    expect(await model(pcm, -60)).toBe(0.25);
    expect(asked).toEqual([pcm, pcm]);
    expect(warnings).toEqual([]);
  });

  it('gives a line without noise some', async () => {
    const asked: Int16Array[] = [];
    const engine = await startEngineDouble((request, reply, payload) => {
      asked.push(pcmSamples(payload));
      answerAtOnce(request, reply);
    });
    endings.push(() => engine.close());
    await modelOf(engine.socketPath).model(new Int16Array(800), -100);
    expect(asked[0]).toHaveLength(800);
    expect(asked[0]!.some((sample) => sample !== 0)).toBe(true);
  });

  it('says nothing when the engine does not answer in time, and warns once', async () => {
    const engine = await startEngineDouble(() => undefined);
    endings.push(() => engine.close());
    const { model, warnings } = modelOf(engine.socketPath);
    const startedMs = performance.now();
    expect(await Promise.all([model(pcm), model(pcm)])).toEqual([undefined, undefined]);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    expect(warnings).toHaveLength(1);
  });

  it('says nothing when there is no engine at all', async () => {
    const { model, warnings } = modelOf(freshSocketPath());
    expect(await model(pcm)).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });
});
