import type { RequestListener } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { inspectSettings } from '../../src/config.ts';
import { providers } from '../../src/doctor/checks/providers.ts';
import { publicApi } from '../../src/doctor/checks/public-api.ts';
import { runningSettings } from '../../src/doctor/checks/running-settings.ts';
import { serve } from '../../src/doctor/checks/serve.ts';
import { worker } from '../../src/doctor/checks/worker.ts';
import { settingsFingerprints } from '../../src/settings-fingerprints.ts';
import { startOllamaDouble } from '../fakes/ollama-double.ts';
import { aContext, linesOf } from './a-context.ts';
import { aCertificate, closedPort, httpServer } from './small-server.ts';

/** Answers each path with a status and JSON; any other with 404. */
function answering(paths: Record<string, [number, unknown]>): RequestListener {
  return (request, response) => {
    const [status, body] = paths[request.url ?? ''] ?? [404, {}];
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

const up = { postgres: { status: 'up' } };

describe('serve', () => {
  const lines = async (paths: Record<string, [number, unknown]>) =>
    linesOf(serve, aContext({ PARLEY_PORT: `${await httpServer(answering(paths))}`, AGENTS_API_KEY: 'parley_x' }));

  test.each<[string, Record<string, [number, unknown]>, RegExp]>([
    [
      'is ready',
      { '/ready': [200, { status: 'ready', dependencies: up }], '/api/agents': [200, {}] },
      /^ok: It is ready/,
    ],
    [
      'lacks something',
      { '/ready': [503, { status: 'not_ready', dependencies: { livekit: { status: 'down', message: 'Check it.' } } }] },
      /^failed: The API cannot use livekit\. → Check it\./,
    ],
    ['is stopping', { '/ready': [503, { status: 'draining', dependencies: up }] }, /^warning: The API is stopping/],
    ['is another program', { '/ready': [200, 'Welcome!'] }, /^failed: What answers at .* is not Parley/],
    [
      'knows another key',
      { '/ready': [200, { status: 'ready', dependencies: up }], '/api/agents': [401, {}] },
      /^failed: .*does not know AGENTS_API_KEY\. → It is another stack/,
    ],
  ])('%s', async (_, paths, says) => {
    expect(await lines(paths)).toEqual([expect.stringMatching(says)]);
  });

  test('does not run', async () => {
    expect(await linesOf(serve, aContext({ PARLEY_PORT: `${await closedPort()}` }))).toEqual([
      expect.stringMatching(/^warning: The API does not run.* → Start it/),
    ]);
  });
});

describe('the settings of the running API', () => {
  const now = { OLLAMA_URL: 'http://gpu', AGENTS_API_KEY: 'parley_x', DEEPGRAM_API_KEY: 'dg-1234567' };
  const lines = async (started: Record<string, string>) => {
    const told = settingsFingerprints(inspectSettings(started).config.given, 'salt');
    const body = { started_at: '2026-01-01T00:00:00Z', salt: 'salt', ...told };
    const port = await httpServer(answering({ '/api/settings/fingerprints': [200, body] }));
    const context = aContext({ PARLEY_DATA_DIR: '', ...now }, { apiUrl: `http://127.0.0.1:${port}` });
    return linesOf(runningSettings, context);
  };

  test('are these', async () => {
    expect(await lines(now)).toEqual([expect.stringMatching(/^ok: It runs with these settings since 2026/)]);
  });

  test('are older ones: open ones are named, secrets are not', async () => {
    const older = { ...now, OLLAMA_URL: 'http://other', DEEPGRAM_API_KEY: 'dg-7654321', PARLEY_MAX_CALLS: '3' };
    expect(await lines(older)).toEqual([
      expect.stringMatching(
        /^warning: .*other settings than these: OLLAMA_URL, PARLEY_MAX_CALLS, a secret .* → .*--force-recreate/,
      ),
    ]);
  });

  test('are not told', async () => {
    const context = aContext(now, { apiUrl: `http://127.0.0.1:${await httpServer(answering({}))}` });
    expect(await linesOf(runningSettings, context)).toEqual([expect.stringMatching(/^skipped: .*HTTP 404/)]);
  });
});

test('fingerprints hold nothing that can be read, and no secret by itself', () => {
  const given = { OLLAMA_URL: 'http://gpu', DEEPGRAM_API_KEY: 'dg-1234567', AGENTS_API_KEY: 'parley_x' };
  const told = settingsFingerprints(given, 'salt');
  expect(Object.keys(told.settings)).toEqual(['OLLAMA_URL']);
  expect(JSON.stringify(told)).not.toMatch(/gpu|dg-|parley_x/);
  expect(settingsFingerprints(given, 'other').settings).not.toEqual(told.settings);
});

describe('worker', () => {
  const nobody = async () => ({ PARLEY_PORT: `${await closedPort()}`, PARLEY_WORKER_PORT: `${await closedPort()}` });
  const worse = { livekit: { status: 'down', message: 'The worker is not registered with ws://livekit.' } };

  test.each<[string, [number, unknown], RegExp]>([
    ['is registered', [200, { status: 'ready', dependencies: {} }], /^ok: It is registered/],
    [
      'is not registered',
      [503, { status: 'not_ready', dependencies: worse }],
      /^failed: It runs, but takes no calls\. The worker is not registered/,
    ],
    ['is stopping', [503, { status: 'draining', dependencies: {} }], /^warning: It is stopping/],
  ])('%s, by its own word', async (_, answer, says) => {
    const port = await httpServer(answering({ '/ready': answer }));
    expect(await linesOf(worker, aContext({ ...(await nobody()), PARLEY_WORKER_PORT: `${port}` }))).toEqual([
      expect.stringMatching(says),
    ]);
  });

  test.each([
    ['1', /^ok: It is registered/],
    ['0', /^failed: It runs, but is not registered/],
  ])('of `up` says %s in the metrics', async (value, says) => {
    const port = await httpServer(answering({ '/metrics': [200, `parley_worker_connected ${value}\n`] }));
    expect(await linesOf(worker, aContext({ ...(await nobody()), PARLEY_PORT: `${port}` }))).toEqual([
      expect.stringMatching(says),
    ]);
  });

  test('is missing beside a running API, or nothing runs', async () => {
    const port = await httpServer(answering({ '/health': [200, {}], '/metrics': [401, ''] }));
    expect(await linesOf(worker, aContext({ ...(await nobody()), PARLEY_PORT: `${port}` }))).toEqual([
      expect.stringMatching(/^failed: The API runs, but no worker.* → Start one/),
    ]);
    expect(await linesOf(worker, aContext(await nobody()))).toEqual([
      expect.stringMatching(/^warning: No worker runs/),
    ]);
  });
});

describe('the public API', () => {
  const health = answering({ '/health': [200, { version: '1', dependencies: {} }] });
  const lines = async (listener: RequestListener, days = 60) => {
    const own = await aCertificate(days);
    const port = await httpServer(listener, own);
    return linesOf(publicApi, aContext({ PARLEY_PUBLIC_URL: `https://localhost:${port}` }, { trusted: [own.cert] }));
  };

  test('answers with a certificate that lasts, or ends soon', async () => {
    expect(await lines(health)).toEqual([
      'ok: The certificate of localhost is valid for 60 more days.',
      expect.stringMatching(/^ok: Parley answers at localhost/),
    ]);
    expect((await lines(health, 5))[0]).toMatch(/^warning: The certificate of localhost ends in 5 days\. → Renew/);
  });

  test.each<[string, RequestListener, RegExp]>([
    [
      'a proxy without Parley behind',
      answering({ '/health': [502, ''] }),
      /^failed: The proxy .* does not reach Parley/,
    ],
    ['an address that moved', answering({ '/health': [308, ''] }), /^failed: .* leads elsewhere/],
    ['another program', answering({ '/health': [200, 'ok'] }), /^failed: What answers .* is not Parley/],
  ])('%s', async (_, listener, says) => {
    expect((await lines(listener)).at(-1)).toMatch(says);
  });

  test('has a certificate nobody trusts, no TLS at all, or no name', async () => {
    const port = await httpServer(health, await aCertificate(60));
    expect(await linesOf(publicApi, aContext({ PARLEY_PUBLIC_URL: `https://localhost:${port}` }))).toEqual([
      expect.stringMatching(/^failed: .*signed by itself.* try from outside too/),
    ]);
    const plain = await httpServer(health);
    expect((await linesOf(publicApi, aContext({ PARLEY_PUBLIC_URL: `http://127.0.0.1:${plain}` })))[0]).toMatch(
      /^warning: PARLEY_PUBLIC_URL is http/,
    );
    expect(await linesOf(publicApi, aContext({ PARLEY_PUBLIC_URL: 'https://nobody.invalid' }))).toEqual([
      'skipped: nobody.invalid is not known, see dns.',
    ]);
  });
});

describe('providers', () => {
  test('each that is configured is asked; what it refuses comes with its cure', async () => {
    const ollama = await startOllamaDouble();
    onTestFinished(() => ollama.close());
    const refusing = await httpServer((_, response) => response.writeHead(401).end('{"error":{"message":"No user."}}'));
    const openrouter = `http://127.0.0.1:${refusing}`;
    const env = { OLLAMA_URL: ollama.url, OLLAMA_MODEL: 'llama3.1:8b', OPENROUTER_URL: openrouter };
    const [pipeline, ...rest] = await linesOf(providers, aContext({ ...env, OPENROUTER_API_KEY: 'sk-or-wrong' }));
    expect(pipeline).toMatch(/^ok: .* run on the pipeline embedded/);
    expect(rest).toEqual([
      expect.stringMatching(/^failed: openrouter-llm: .* → .*OPENROUTER_API_KEY/),
      expect.stringMatching(/^ok: ollama-llm answers in \d+ ms/),
    ]);
    expect(rest.join()).not.toContain('sk-or-wrong');
  });

  test('no pipeline at all is a failure that names what is missing', async () => {
    expect(await linesOf(providers, aContext({ PARLEY_EMBEDDED: '0' }))).toEqual([
      expect.stringMatching(/^failed: .*the pipeline is not configured: cloud needs DEEPGRAM_API_KEY/),
    ]);
  });
});
