import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CallStore } from '../../../src/calls/ports.ts';
import { CallRecord } from '../../../src/worker/call/call-record.ts';

type Batch = Parameters<CallStore['record']>[1];

/** A store that is away for the first so many writes. */
function storeAwayFor(writes: number) {
  const written: Batch[] = [];
  let attempts = 0;
  return {
    written,
    get attempts() {
      return attempts;
    },
    record: async (_: string, batch: Batch) => {
      attempts += 1;
      if (attempts <= writes) throw new Error('the database is away');
      written.push(batch);
    },
  };
}

const event = (name: string) => ({ type: 'tool.called' as const, data: { name } });
const namesOf = (batches: Batch[]) => batches.flatMap(({ events }) => (events ?? []).map(({ data }) => data?.name));

describe('the record of a call', () => {
  it('writes what comes together in one statement', async () => {
    const store = storeAwayFor(0);
    const record = new CallRecord({ store, callId: 'call_1', log: () => undefined });
    record.add({ events: [event('a')] });
    record.add({ events: [event('b')] });
    await sleep(1100);
    expect(store.attempts).toBe(1);
    expect(namesOf(store.written)).toEqual(['a', 'b']);
  });

  it('keeps everything, in order, while the database is away', async () => {
    const store = storeAwayFor(2);
    const logs: string[] = [];
    const record = new CallRecord({
      store,
      callId: 'call_1',
      log: (level, message) => logs.push(`${level} ${message}`),
    });
    record.add({ events: [event('a')] });
    await sleep(1000);
    record.add({ events: [event('b')] });
    await sleep(2500);
    record.add({ events: [event('c')] });
    await record.flush();
    expect(namesOf(store.written)).toEqual(['a', 'b', 'c']);
    expect(logs).toHaveLength(1);
  });

  it('writes what is left when it is flushed, and keeps it when that fails', async () => {
    const store = storeAwayFor(2);
    const record = new CallRecord({ store, callId: 'call_1', log: () => undefined });
    record.add({ events: [event('a')] });
    await expect(record.flush()).rejects.toThrow('away');
    await record.flush();
    expect(namesOf(store.written)).toEqual(['a']);
    await record.flush();
    expect(store.attempts).toBe(3);
  });
});
