import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createWorkQueue, QueueFull } from '../../../pipelines/engine/work-queue.ts';

/** Jobs that end when told, and the order in which they started. */
function jobs() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    job: (name: string) => () => {
      started.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    },
    end: (name: string) => ends.get(name)?.(),
  };
}

const never = new AbortController().signal;
const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('the work queue', () => {
  it('runs as many jobs at once as there are places', async () => {
    const queue = createWorkQueue({ concurrency: 2, maxQueued: 9 });
    const { started, job, end } = jobs();
    const all = ['a', 'b', 'c'].map((name) => queue.run(0, never, job(name)));
    await soon();
    expect(started).toEqual(['a', 'b']);
    end('a');
    await soon();
    expect(started).toEqual(['a', 'b', 'c']);
    end('b');
    end('c');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
    expect(queue.isIdle).toBe(true);
  });

  it('starts urgent jobs before earlier ones, and equals in order of arrival', async () => {
    const queue = createWorkQueue({ concurrency: 1, maxQueued: 9 });
    const { started, job, end } = jobs();
    const all = [queue.run(5, never, job('running'))];
    for (const [name, priority] of [
      ['late 1', 3],
      ['late 2', 3],
      ['urgent 1', 0],
      ['urgent 2', 0],
    ] as const)
      all.push(queue.run(priority, never, job(name)));
    for (const name of ['running', 'urgent 1', 'urgent 2', 'late 1', 'late 2']) {
      await soon();
      end(name);
    }
    await Promise.all(all);
    expect(started).toEqual(['running', 'urgent 1', 'urgent 2', 'late 1', 'late 2']);
  });

  it('refuses at once when enough wait', async () => {
    const queue = createWorkQueue({ concurrency: 1, maxQueued: 1 });
    const { job, end } = jobs();
    const first = queue.run(0, never, job('first'));
    const second = queue.run(0, never, job('second'));
    await expect(queue.run(0, never, job('third'))).rejects.toThrow(QueueFull);
    end('first');
    await soon();
    end('second');
    await Promise.all([first, second]);
  });

  it('lets a job leave that is aborted while it waits, and leaves no listener behind', async () => {
    const queue = createWorkQueue({ concurrency: 1, maxQueued: 9 });
    const { started, job, end } = jobs();
    const first = queue.run(0, never, job('first'));
    const leaving = new AbortController();
    const staying = new AbortController();
    const left = queue.run(0, leaving.signal, job('left'));
    const last = queue.run(0, staying.signal, job('last'));
    leaving.abort(new Error('hung up'));
    await expect(left).rejects.toThrow('hung up');
    end('first');
    await soon();
    end('last');
    await Promise.all([first, last]);
    expect(started).toEqual(['first', 'last']);
    expect(getEventListeners(staying.signal, 'abort')).toHaveLength(0);
    expect(queue.isIdle).toBe(true);
  });

  it('goes on after a job that failed', async () => {
    const queue = createWorkQueue({ concurrency: 1, maxQueued: 9 });
    const failing = queue.run(0, never, () => Promise.reject(new Error('broken')));
    const next = queue.run(0, never, () => Promise.resolve('next'));
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('next');
    expect(queue.isIdle).toBe(true);
  });
});
