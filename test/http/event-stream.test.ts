import { Hono } from 'hono';
import { afterEach, expect, test, vi } from 'vitest';
import type { ApiEnv } from '../../src/http/dependencies.ts';
import { eventStream } from '../../src/http/event-stream.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Timers of a heartbeat that were set and not cleared. Other timers are those of whoever shares this process. */
function heartbeats() {
  const set = vi.spyOn(globalThis, 'setTimeout');
  const cleared = vi.spyOn(globalThis, 'clearTimeout');
  return () => {
    const gone = new Set(cleared.mock.calls.map(([timer]) => timer));
    return set.mock.results.filter(({ value }, index) => set.mock.calls[index]![1] === 15_000 && !gone.has(value))
      .length;
  };
}

test('a silent stream sends a comment every 15 s, which clients skip, and ends when the process drains', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const open = heartbeats();
  const draining = new AbortController();
  const quiet = {
    calls: { listEvents: async () => [] },
    events: { onNews: () => () => {} },
    draining: draining.signal,
  };
  const app = new Hono<ApiEnv>().get('/', (c) =>
    eventStream(c, { callId: 'call_x', afterSequence: 0, ended: false }, quiet),
  );
  const reader = (await app.request('/')).body!.getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  for (let beat = 0; beat < 2; beat += 1) {
    const read = next();
    await vi.advanceTimersByTimeAsync(14_900);
    expect(await Promise.race([read, Promise.resolve('nothing yet')])).toBe('nothing yet');
    await vi.advanceTimersByTimeAsync(100);
    expect(await read).toMatch(/^: .*\n\n$/);
  }
  draining.abort();
  expect((await reader.read()).done).toBe(true);
  expect(open()).toBe(0);
});

test('ends at the next comment once its reader may read no more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const open = heartbeats();
  let revoked = false;
  const quiet = {
    calls: { listEvents: async () => [] },
    events: { onNews: () => () => {} },
    draining: new AbortController().signal,
  };
  const mayRead = async () => !revoked;
  const app = new Hono<ApiEnv>().get('/', (c) =>
    eventStream(c, { callId: 'call_x', afterSequence: 0, ended: false, mayRead }, quiet),
  );
  const reader = (await app.request('/')).body!.getReader();
  const comment = reader.read();
  await vi.advanceTimersByTimeAsync(15_000);
  expect((await comment).done).toBe(false);
  revoked = true;
  const last = (async () => {
    for (;;) if ((await reader.read()).done) return 'ended';
  })();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await last).toBe('ended');
  expect(open()).toBe(0);
});
