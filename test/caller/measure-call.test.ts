import { describe, expect, it } from 'vitest';
import { distribution } from '../../src/caller/distribution.ts';
import { measureCall } from '../../src/caller/measure-call.ts';

const said = (step: number, startMs: number, endMs: number) => ({ step, startMs, endMs });
const heard = (startMs: number, endMs: number | null) => ({ startMs, lastMs: endMs ?? 5000, endMs });

describe('measuring a call', () => {
  it('measures greeting, answers and gaps at the ear of the caller', () => {
    const { turns, metrics } = measureCall({
      answeredMs: 100,
      endedMs: 9000,
      utterances: [said(0, 2000, 3000)],
      segments: [heard(250, 1500), heard(3600, 4000), heard(4300, 5000)],
    });
    expect(turns.map(({ responseMs, gapsMs }) => ({ responseMs, gapsMs }))).toEqual([
      { responseMs: 150, gapsMs: [] },
      { responseMs: 600, gapsMs: [300] },
    ]);
    expect(metrics.longestSilenceMs).toBe(600);
    expect(metrics.bargeInMs.n).toBe(0);
  });

  it('measures an interruption from the first word of the caller to the silence of the agent', () => {
    const { turns } = measureCall({
      answeredMs: 0,
      endedMs: 9000,
      utterances: [said(0, 1000, 2000)],
      segments: [heard(100, 1220), heard(2500, 3000)],
    });
    expect(turns[1]).toMatchObject({ interrupted: true, bargeInMs: 220, responseMs: 500, spokeOver: false });
  });

  it('gives no time to an agent that never stopped', () => {
    const { turns, metrics } = measureCall({
      answeredMs: 0,
      endedMs: 5000,
      utterances: [said(0, 1000, 2000)],
      segments: [heard(100, null)],
    });
    expect(turns[1]).toMatchObject({ interrupted: true, bargeInMs: null, responseMs: null });
    expect(metrics.bargeInMs.n).toBe(0);
  });

  it('says that the agent spoke before the caller had finished, rather than count it as fast', () => {
    const { turns, metrics } = measureCall({
      answeredMs: 0,
      endedMs: 5000,
      utterances: [said(0, 1000, 2000)],
      segments: [heard(1500, 3000)],
    });
    expect(turns[1]).toMatchObject({ spokeOver: true, responseMs: null });
    expect(metrics.responseMs.n).toBe(0);
  });

  it('takes a torn scrap of sound for no answer, and counts it', () => {
    const { turns } = measureCall({
      answeredMs: 0,
      endedMs: 9000,
      utterances: [said(0, 1000, 2000)],
      segments: [heard(2300, 2340), heard(2700, 4000)],
    });
    expect(turns[1]).toMatchObject({ responseMs: 700, blips: 1, agentSpeech: [heard(2700, 4000)] });
  });

  it('counts an answer that never came as silence until the caller spoke again or the call ended', () => {
    const { metrics } = measureCall({
      answeredMs: 0,
      endedMs: 9000,
      utterances: [said(0, 1000, 2000), said(1, 4000, 4500)],
      segments: [heard(200, 700)],
    });
    expect(metrics.longestSilenceMs).toBe(4500);
  });
});

describe('a distribution', () => {
  it('gives percentiles by nearest rank', () => {
    const values = Array.from({ length: 20 }, (_, index) => 20 - index);
    expect(distribution(values)).toEqual({ n: 20, min: 1, p50: 10, p90: 18, p95: 19, max: 20 });
  });

  it('of nothing holds no number', () => {
    expect(distribution([])).toEqual({ n: 0, min: null, p50: null, p90: null, p95: null, max: null });
  });
});
