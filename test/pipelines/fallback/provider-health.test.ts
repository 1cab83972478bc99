import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createProviderHealth, ProviderError, type ProviderHealth } from '../../../pipelines/index.ts';

const outage = new ProviderError('unreachable', 'deepgram-stt', 'gone.');
const wrongKey = new ProviderError('bad_key', 'deepgram-stt', 'refused.');
const slowDown = new ProviderError('rate_limited', 'deepgram-stt', 'slow.', { retryAfterSeconds: 30 });

describe('what the calls of a process know about a provider', () => {
  let health: ProviderHealth;
  let probes: number;
  let serves: boolean;
  const probe = async () => {
    probes += 1;
    if (!serves) throw new Error('down');
    return true;
  };
  beforeEach(() => {
    vi.useFakeTimers();
    health = createProviderHealth({ pauseMs: 1_000, operatorPauseMs: 10_000, longestPauseMs: 6_000 });
    probes = 0;
    serves = false;
  });
  afterEach(() => {
    health.close();
    vi.useRealTimers();
  });

  test('one failure is enough for all calls to go around it', () => {
    expect(health.isUsable('deepgram-stt')).toBe(true);
    health.failed('deepgram-stt', outage, probe);
    expect(health.isUsable('deepgram-stt')).toBe(false);
    expect(health.isUsable('elevenlabs-tts')).toBe(true);
  });

  test('after a pause it is asked, and used again only when it serves', async () => {
    health.failed('deepgram-stt', outage, probe);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([probes, health.isUsable('deepgram-stt')]).toEqual([1, false]);
    serves = true;
    await vi.advanceTimersByTimeAsync(2_000);
    expect([probes, health.isUsable('deepgram-stt')]).toEqual([2, true]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probes).toBe(2);
  });

  test('each pause is twice the one before, up to the longest', async () => {
    health.failed('deepgram-stt', outage, probe);
    await vi.advanceTimersByTimeAsync(1_000 + 2_000 + 4_000);
    expect(probes).toBe(3);
    await vi.advanceTimersByTimeAsync(5_999);
    expect(probes).toBe(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(probes).toBe(4);
  });

  test('one that answers the probe and fails again is left alone for longer; success forgets that', async () => {
    serves = true;
    health.failed('deepgram-stt', outage, probe);
    await vi.advanceTimersByTimeAsync(1_000);
    health.failed('deepgram-stt', outage, probe);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(health.isUsable('deepgram-stt')).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    health.succeeded('deepgram-stt');
    health.failed('deepgram-stt', outage, probe);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(health.isUsable('deepgram-stt')).toBe(true);
  });

  test('many calls that fail at the same time count as one', async () => {
    for (let call = 0; call < 20; call += 1) health.failed('deepgram-stt', outage, probe);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(probes).toBe(1);
  });

  test('what only the operator can fix is asked less often, and a wait it asked for is kept', async () => {
    health = createProviderHealth({ pauseMs: 1_000, operatorPauseMs: 10_000 });
    health.failed('deepgram-stt', wrongKey, probe);
    health.failed('elevenlabs-tts', slowDown, probe);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(probes).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(probes).toBe(1);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(probes).toBe(3);
  });

  test('another process of the host can be told, and told that it is over', async () => {
    const other = createProviderHealth();
    const told: string[] = [];
    const stop = health.onChange((provider, circuit) => {
      told.push(`${provider} ${circuit.state}`);
      other.adopt(provider, circuit);
    });
    health.failed('deepgram-stt', outage, probe);
    expect(other.isUsable('deepgram-stt')).toBe(false);
    expect(other.snapshot()).toMatchObject({ 'deepgram-stt': { state: 'open', code: 'unreachable' } });
    serves = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(other.isUsable('deepgram-stt')).toBe(true);
    expect(told).toEqual(['deepgram-stt open', 'deepgram-stt closed']);
    stop();
    other.close();
  });

  test('of two processes that met the outage both ask; neither takes the word of the other for its own asking', async () => {
    const other = createProviderHealth({ pauseMs: 1_000 });
    const stop = health.onChange((provider, circuit) => other.adopt(provider, circuit));
    const stopOther = other.onChange((provider, circuit) => health.adopt(provider, circuit));
    health.failed('deepgram-stt', outage, probe);
    other.failed('elevenlabs-tts', outage, probe);
    other.failed('deepgram-stt', outage, probe);
    health.failed('elevenlabs-tts', outage, probe);
    serves = true;
    await vi.advanceTimersByTimeAsync(1_000);
    for (const each of [health, other])
      expect([each.isUsable('deepgram-stt'), each.isUsable('elevenlabs-tts')]).toEqual([true, true]);
    stop();
    stopOther();
    other.close();
  });

  test('what was adopted stays away while the other process asks and waits, and is tried again when that process died', async () => {
    const told: string[] = [];
    health.onChange((provider, { state }) => told.push(`${provider} ${state}`));
    const open = (inMs: number) =>
      health.adopt('deepgram-stt', { state: 'open', retryAt: Date.now() + inMs, code: 'timeout' });
    open(1_000);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(health.isUsable('deepgram-stt')).toBe(false);
    open(2_000);
    await vi.advanceTimersByTimeAsync(11_999);
    expect(health.isUsable('deepgram-stt')).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(health.isUsable('deepgram-stt')).toBe(true);
    expect([told, probes]).toEqual([[], 0]);
  });

  test('what was adopted before the clock was set back is tried again all the same', async () => {
    const adopted = { state: 'open', retryAt: Date.now() + 1_000, code: 'timeout' } as const;
    vi.setSystemTime(Date.now() - 24 * 3_600_000);
    health.adopt('deepgram-stt', adopted);
    await vi.advanceTimersByTimeAsync(311_000);
    expect(health.isUsable('deepgram-stt')).toBe(true);
  });

  test('after close nothing is asked any more', async () => {
    health.failed('deepgram-stt', outage, probe);
    health.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probes).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
