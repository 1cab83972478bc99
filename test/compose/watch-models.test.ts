import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pipelineDirectory } from '../../src/compose/pipeline-directory.ts';
import { watchModels } from '../../src/compose/watch-models.ts';
import { loadConfig } from '../../src/config.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The pipelines of a `serve` with this setting, whose workers say what a test lets them say. */
function served({ PARLEY_EMBEDDED }: { PARLEY_EMBEDDED: '0' | '1' }) {
  const config = loadConfig({ PARLEY_EMBEDDED });
  const workers = { said: undefined as boolean | undefined, away: false };
  const watch = watchModels({
    workers: {
      hasEmbedded: async () => {
        if (workers.away) throw new Error('the database is down');
        return workers.said;
      },
    },
    otherwise: config.PARLEY_EMBEDDED,
    log: () => undefined,
  });
  const pipelines = pipelineDirectory(config, watch.embedded);
  const runs = () => {
    try {
      return pipelines.resolve('embedded').name === 'embedded';
    } catch {
      return false;
    }
  };
  return { workers, runs, watch, later: () => vi.advanceTimersByTimeAsync(5_000) };
}

test('what can run is what the workers say, whatever the settings of the API', async () => {
  const { workers, runs, watch, later } = served({ PARLEY_EMBEDDED: '0' });
  await watch.ready;
  expect(runs()).toBe(false);
  workers.said = true;
  await later();
  expect(runs()).toBe(true);
  workers.away = true;
  await later();
  expect(runs()).toBe(true);
  watch.close();
});

test('a worker without the models makes the API refuse what it could not run', async () => {
  const { workers, runs, watch, later } = served({ PARLEY_EMBEDDED: '1' });
  await watch.ready;
  expect(runs()).toBe(true);
  workers.said = false;
  await later();
  expect(runs()).toBe(false);
  watch.close();
});
