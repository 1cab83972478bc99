import { expect, test } from 'vitest';
import type { Turn } from '../../../src/calls/call.ts';
import { latencySummary } from '../../../src/calls/end/latency-summary.ts';

const answer = (latency: Turn['latency']): Turn => ({
  index: 0,
  role: 'agent',
  text: '',
  startedMs: 0,
  endedMs: 1,
  interrupted: false,
  ...(latency && { latency }),
});

test('gives nearest-rank percentiles per stage, over the turns that measured it', () => {
  const turns = [40, 10, 30, 20].map((totalMs) => answer({ totalMs }));
  expect(latencySummary([...turns, answer({ sttMs: 5 }), answer(undefined)])).toEqual({
    totalMs: { n: 4, min: 10, p50: 20, p90: 40, p95: 40, max: 40 },
    sttMs: { n: 1, min: 5, p50: 5, p90: 5, p95: 5, max: 5 },
  });
});

test('knows nothing of a call without answers, and counts a stage of 0 ms', () => {
  expect(latencySummary([])).toEqual({});
  expect(latencySummary([answer({ llmFirstTokenMs: 0 })]).llmFirstTokenMs?.n).toBe(1);
});
