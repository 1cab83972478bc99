import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { doctor as command } from '../../src/commands/run/doctor.ts';
import { inspectSettings } from '../../src/config.ts';
import { checks } from '../../src/doctor/registry.ts';
import { startOllamaDouble } from '../fakes/ollama-double.ts';
import { startPiperDouble } from '../fakes/piper-double.ts';
import { startWhisperLiveDouble } from '../fakes/whisperlive-double.ts';
import { freshDatabase, livekit } from '../setup/servers.ts';
import { dataFolder, freePorts, type RunningParley, runParley } from './running-parley.ts';

const finding = z.object({ status: z.string(), message: z.string(), cure: z.string().optional() });
const report = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ check: z.string(), durationMs: z.number(), findings: z.array(finding) })),
});

/** `parley doctor --json` in this process: its exit code, and what each check found. */
async function doctor(env: Record<string, string>, only?: string) {
  const out = new PassThrough();
  const code = await command.runWithAnySettings({
    reading: { ...inspectSettings(env), overruled: [], unknown: [] },
    values: { json: true, ...(only && { only }) },
    positionals: [],
    signal: new AbortController().signal,
    out,
  });
  return { code, ...read(String(out.read())) };
}

function read(text: string) {
  const { ok, checks: found } = report.parse(JSON.parse(text));
  return { ok, text, found: Object.fromEntries(found.map(({ check, findings }) => [check, findings])) };
}

describe('parley doctor beside a running stack', () => {
  const data = dataFolder();
  const processes: RunningParley[] = [];
  const closers: (() => Promise<unknown>)[] = [];
  let settings: Record<string, string> = {};

  beforeAll(async () => {
    const database = await freshDatabase();
    const doubles = [await startWhisperLiveDouble(), await startOllamaDouble(), await startPiperDouble()];
    const [whisperlive, ollama, piper] = doubles.map(({ url }) => url);
    closers.push(...doubles.map((double) => () => double.close()), () => database.close());
    const { url, apiKey, apiSecret } = livekit();
    const ports = await freePorts();
    settings = {
      PARLEY_DATA_DIR: data.path,
      PARLEY_PORT: ports.PARLEY_PORT,
      PARLEY_WORKER_PORT: ports.PARLEY_POSTGRES_PORT,
      PARLEY_AGENT_NAME: `doctor-${ports.PARLEY_PORT}`,
      PARLEY_CALL_PROCESSES: '1',
      PARLEY_EMBEDDED: '0',
      DATABASE_URL: database.url,
      LIVEKIT_URL: url,
      LIVEKIT_PUBLIC_URL: url,
      LIVEKIT_API_KEY: apiKey,
      LIVEKIT_API_SECRET: apiSecret,
      AGENTS_API_KEY: `parley_test_${randomBytes(12).toString('hex')}`,
      WHISPERLIVE_URL: whisperlive!,
      OLLAMA_URL: ollama!,
      OLLAMA_MODEL: 'llama3.1:8b',
      PIPER_URL: piper!,
    };
    const serve = runParley(['serve'], settings);
    processes.push(serve);
    await serve.untilSaid('Parley serves', 50);
    const worker = runParley(['worker'], settings);
    processes.push(worker);
    await worker.untilSaid('takes up to', 50);
  }, 120_000);
  afterAll(async () => {
    for (const process of processes) {
      process.kill('SIGTERM');
      await process.exit;
    }
    for (const close of closers) await close();
    data.remove();
  }, 60_000);

  test('nothing failed, and no secret is told', async () => {
    const run = runParley(['doctor', '--json'], settings);
    const { code } = await run.exit;
    const { ok, found, text } = read(run.output());
    const wrong = Object.entries(found).filter(([, findings]) => findings.some(({ status }) => status === 'failed'));
    expect(wrong).toEqual([]);
    expect({ code, ok }).toEqual({ code: 0, ok: true });
    expect(Object.keys(found)).toEqual(Object.keys(checks));
    for (const name of ['database', 'migrations', 'livekit', 'serve', 'running-settings', 'worker', 'public-livekit'])
      expect(found[name]).toMatchObject([{ status: 'ok' }]);
    expect(found['worker']?.[0]?.message).toMatch(/registered with LiveKit/);
    expect(found['providers']).toHaveLength(4);
    for (const name of ['LIVEKIT_API_SECRET', 'AGENTS_API_KEY', 'DATABASE_URL'])
      expect(text).not.toContain(settings[name]);
    expect(text).not.toContain(new URL(settings['DATABASE_URL']!).password);
  });

  test('the table says the same in words', async () => {
    const run = runParley(['doctor', '--only', 'migrations,livekit'], settings);
    expect(await run.exit).toMatchObject({ code: 0 });
    expect(run.output()).toMatch(/^✓ database .*\n✓ migrations .*\n✓ livekit .*\n\nNothing failed\.\n$/);
  });

  test('settings that were changed since the start are noticed', async () => {
    const { code, found } = await doctor({ ...settings, OLLAMA_MODEL: 'other' }, 'running-settings');
    expect(code).toBe(0);
    expect(found['running-settings']).toMatchObject([
      { status: 'warning', message: expect.stringMatching(/than these: OLLAMA_MODEL\./) as string },
    ]);
  });

  test('a second stack on the same ports is noticed', async () => {
    const { code, found } = await doctor({ ...settings, AGENTS_API_KEY: 'parley_of_another_stack' }, 'serve');
    expect(code).toBe(1);
    expect(found['serve']).toMatchObject([
      { status: 'failed', message: expect.stringMatching(/does not know AGENTS_API_KEY/) as string },
    ]);
  });

  test('each thing that breaks is found by its own check, and what needs it is skipped', async () => {
    const { code, ok, found } = await doctor({
      ...settings,
      DATABASE_URL: settings['DATABASE_URL']!.replace(/:[^:@]+@/, ':not-the-password@'),
      LIVEKIT_API_SECRET: 'f'.repeat(64),
      OLLAMA_URL: 'http://127.0.0.1:9',
    });
    expect({ code, ok }).toEqual({ code: 1, ok: false });
    expect(found['database']).toMatchObject([{ message: expect.stringMatching(/refuses the password/) as string }]);
    expect(found['livekit']).toMatchObject([{ message: expect.stringMatching(/the secret is wrong/) as string }]);
    expect(found['providers']?.some(({ status }) => status === 'failed')).toBe(true);
    expect(found['migrations']).toEqual([{ status: 'skipped', message: 'It needs database, which failed.' }]);
    expect(found['sip']).toEqual([{ status: 'skipped', message: 'It needs livekit, which failed.' }]);
    expect(found['node']).toMatchObject([{ status: 'ok' }]);
    for (const { status, cure } of Object.values(found).flat())
      if (status === 'failed' || status === 'warning') expect(cure).toMatch(/\w.*\./);
  });
});

test('parley doctor runs with broken settings, names each, and still looks at the rest', async () => {
  const run = runParley(['doctor', '--json'], {
    PARLEY_PORT: 'eighty',
    SIP_TRUNK_ID: 'TK0123456789abcdef',
    DATABASE_URL: 'postgresql://u:hunter/22@db:5432/parley',
    PARLEY_DATA_DIR: '/nonexistent',
    PARLEY_EMBEDDED: '0',
  });
  expect(await run.exit).toMatchObject({ code: 1 });
  const { found } = read(run.output());
  expect(found['settings']?.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
  expect(JSON.stringify(found['settings'])).toMatch(/PARLEY_PORT=eighty.*DATABASE_URL.*%2F.*TK0123456789abcdef/);
  expect(JSON.stringify(found)).not.toContain('hunter');
  expect(found['ports']).toEqual([{ status: 'skipped', message: 'PARLEY_PORT is wrong, see settings.' }]);
  expect(found['node']).toMatchObject([{ status: 'ok' }]);
});

test('a check that does not exist is answered with those that do, and exit code 2', async () => {
  const run = runParley(['doctor', '--only', 'database,blood-pressure'], {});
  expect(await run.exit).toMatchObject({ code: 2 });
  expect(run.output()).toMatch(/There is no check blood-pressure\. The checks are settings, node/);
});
