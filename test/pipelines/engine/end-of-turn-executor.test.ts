import { afterEach, describe, expect, it } from 'vitest';
import { createEndOfTurnExecutor } from '../../../pipelines/engine/end-of-turn-executor.ts';
import { connectEngine } from '../../../pipelines/engine/engine-client.ts';
import { pcmSamples } from '../../../pipelines/engine/frames.ts';
import { answerAtOnce, freshSocketPath, startEngineDouble } from './engine-double.ts';

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

function executorOf(socketPath: string) {
  const client = connectEngine(socketPath);
  endings.push(() => client.close());
  const warnings: string[] = [];
  const executor = createEndOfTurnExecutor(client, (level, message) => warnings.push(`${level}: ${message}`));
  return { executor, warnings };
}

const data = { pcm: Buffer.from([1, 0, 2, 0]).toString('base64') };

describe('the end-of-turn executor', () => {
  it('asks the engine about the samples it is given', async () => {
    const asked: Int16Array[] = [];
    const engine = await startEngineDouble((request, reply, payload) => {
      asked.push(pcmSamples(payload));
      answerAtOnce(request, reply);
    });
    endings.push(() => engine.close());
    const { executor, warnings } = executorOf(engine.socketPath);
    expect(await executor.doInference('lk_eot_audio', data)).toMatchObject({ probability: 0.25 });
    expect(asked).toEqual([Int16Array.from([1, 2])]);
    expect(warnings).toEqual([]);
  });

  it('says that the turn is over when the engine does not answer, before the SDK gives up, and warns once', async () => {
    const engine = await startEngineDouble(() => undefined);
    endings.push(() => engine.close());
    const { executor, warnings } = executorOf(engine.socketPath);
    const answers = await Promise.all([executor.doInference('', data), executor.doInference('', data)]);
    for (const answer of answers) {
      expect(answer.probability).toBe(1);
      expect(answer.inferenceDurationMs).toBeLessThan(1000);
    }
    expect(warnings).toHaveLength(1);
  });

  it('says the same when there is no engine at all', async () => {
    const { executor, warnings } = executorOf(freshSocketPath());
    expect((await executor.doInference('', data)).probability).toBe(1);
    expect(warnings).toHaveLength(1);
  });
});
