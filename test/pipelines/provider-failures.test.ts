import { afterEach, describe, expect, test } from 'vitest';
import { providerCatalog, providerNames, type ProviderName } from '../../pipelines/index.ts';
import { startPiperDouble } from '../fakes/piper-double.ts';
import { startWhisperLiveKitDouble } from '../fakes/whisperlivekit-double.ts';
import { connectionFailures } from './failures/connection-failures.ts';
import { answers, byPlugin, type Case, failureMatrix, type Far, ofThisHost } from './failures/failure-matrix.ts';
import { tried } from './use-for-test.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

async function far(start: () => Promise<Far>): Promise<string> {
  const { url, close } = await start();
  closings.push(close);
  return url;
}

/** One sentence on what is wrong, then what to do, in one line; and never a key. */
function expectClear(message: string | undefined, provider: string, setting: string): void {
  expect(message).toMatch(new RegExp(`^${provider}: [^\n]{10,300}$`));
  expect(message).toContain(setting);
  expect(message).toMatch(/\b(Add|Check|Choose|Correct|Give|Raise|Run|Set|Start|Use|Wait)\b/);
  expect(message).not.toMatch(/\bwrong\b|"key"/);
}

const rows = Object.entries(failureMatrix) as [keyof typeof failureMatrix, (typeof failureMatrix)['deepgram-stt']][];

describe('each provider has its row in the matrix of failures', () => {
  test('or runs on this host', () => {
    expect([...Object.keys(failureMatrix), ...ofThisHost, ...byPlugin].toSorted()).toEqual(
      [...providerNames].toSorted(),
    );
    for (const name of ofThisHost) expect(providerCatalog[name].hosting).toBe('embedded');
  });

  test.each(rows)('%s: each failure is made, or a reason says why it cannot be', (_name, row) => {
    expect(Object.keys(row.answers).toSorted()).toEqual([...answers].toSorted());
    for (const cell of Object.values(row.answers)) expect(typeof cell === 'string' ? cell : 'ok.').toMatch(/\w.*\.|ok/);
  });
});

describe('a provider that cannot be used names the setting and tells what to do, and another serves', () => {
  const cases = rows.flatMap(([name, row]) =>
    answers.flatMap((what) => {
      const cell = row.answers[what];
      const ways = typeof cell === 'string' ? [] : [cell].flat();
      return ways.map((way, index): [string, string, ProviderName, Case] => [
        name,
        `${what} ${index || ''}`,
        name,
        way,
      ]);
    }),
  );

  test.each(cases)('%s: %s', async (_name, _what, name, way) => {
    const row = failureMatrix[name as keyof typeof failureMatrix];
    const url = await far(way.far);
    const { failure, failures, check, servedByStandIn } = await tried(name, { url, ...row.options, ...way.options });
    if (way.unseenInCall) expect(failures).toEqual([]);
    else {
      expect(failure).toMatchObject({ name: 'ProviderError', provider: name, code: way.code });
      expectClear(failure?.message, name, way.setting);
      expect(failure?.retryAfterSeconds).toBe(way.retryAfterSeconds);
      expect(failures).toHaveLength(1);
      expect(servedByStandIn).toBe(true);
    }
    expect(check.ok).toBe(way.unseenByCheck !== undefined);
    if (!check.ok) expectClear(check.message, name, way.setting);
  });
});

describe('a server that cannot be reached is told apart, names the setting, and another serves', () => {
  const cases = Object.entries(connectionFailures).flatMap(([what, failure]) =>
    rows.filter(([, { scheme }]) => scheme !== failure.notOf).map(([name, row]) => [name, what, row, failure] as const),
  );

  test.each(cases)('%s: %s', async (name, _what, row, { far: start, code, says, retryable }) => {
    const url = await far(() => start(row.scheme));
    const { failure, check, servedByStandIn } = await tried(name, { url, ...row.options, ...row.patience });
    expect(failure).toMatchObject({ code, retryable });
    for (const message of [failure?.message, check.message]) {
      expect(message).toMatch(says);
      expectClear(message, name, row.addressSetting);
    }
    expect(check.ok).toBe(false);
    expect(servedByStandIn).toBe(true);
  });
});

describe('what a server says in its own words is passed on', () => {
  test('WhisperLiveKit, of a language that it does not know', async () => {
    const url = await far(startWhisperLiveKitDouble);
    const { failure, check } = await tried('whisperlivekit-stt', { url, language: 'xx' });
    expect(failure).toMatchObject({ code: 'provider_failed', retryable: false });
    expect(failure?.message).toContain('Unsupported language: xx');
    expect(check).toMatchObject({ ok: false, message: failure?.message });
  });

  test('Piper says nothing but that it failed', async () => {
    const url = await far(() => startPiperDouble({ failWith: 500 }));
    const { failure } = await tried('piper-http-tts', { url });
    expect(failure).toMatchObject({ code: 'provider_failed', message: expect.stringContaining('HTTP 500') as string });
  });
});
