import { createServer, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { encodeWav, readWav } from '../../src/caller/wav.ts';
import { chromiumPath, loudestRms, startCall } from '../web/open-console.ts';
import { openTab } from '../web/chromium.ts';
import { dataFolder, freePorts, isFree, type RunningParley, runParley } from './running-parley.ts';

const data = dataFolder();
let settings: Record<string, string>;
let parley: RunningParley;
let address: URL;

beforeAll(async () => {
  settings = { ...(await freePorts()), PARLEY_DATA_DIR: data.path };
  parley = runParley(['up'], settings);
  await parley.untilSaid(/The test call (went well|did not go well)/, 110);
  address = new URL(/Talk to it: +(\S+)/.exec(parley.output())?.[1] ?? '');
}, 120_000);
afterAll(async () => {
  parley.kill('SIGINT');
  await parley.exit;
  data.remove();
});

const listSchema = z.object({
  calls: z.array(z.object({ call_id: z.string(), status: z.string(), outcome: z.string().nullable() })),
});

/** Speech as a microphone hears it: silence around. */
async function withSilence(path: string, silence: { beforeSeconds: number; afterSeconds: number }): Promise<Buffer> {
  const { pcm, sampleRateHz, channels } = await readWav(path);
  const before = silence.beforeSeconds * sampleRateHz;
  const padded = new Int16Array(before + pcm.length + silence.afterSeconds * sampleRateHz);
  padded.set(pcm, before);
  return encodeWav({ pcm: padded, sampleRateHz, channels });
}

async function api<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const key = address.hash.replace('#key=', '');
  const response = await fetch(new URL(path, address.origin), { headers: { 'x-api-key': key } });
  return schema.parse(await response.json());
}

describe('parley up', () => {
  test('makes a spoken call and prints what both sides said, with the latency of each stage', async () => {
    const output = parley.output();
    expect(output).toMatch(/Agent +Thank you for calling/);
    expect(output).toMatch(/Caller +.*what time do you open/i);
    expect(output).toMatch(/Agent +We are open/);
    expect(output).toMatch(/→ answer after \d+ ms/);
    expect(output).toMatch(/end of turn +speech to text +first token +first audio +total/);
    expect(output).toContain('Ended: completed (agent_goodbye)');
    expect(output).toContain('The test call went well.');
    // The address first, and no line of the log in between.
    expect(output.indexOf('Talk to it:')).toBeLessThan(output.indexOf('What was said'));
    expect(output).not.toMatch(/^\{"level"/m);
    expect(readFileSync(join(data.path, 'logs', 'parley.log'), 'utf8')).toContain('registered with LiveKit');
    const { calls } = await api('/api/calls', listSchema);
    expect(calls).toEqual([expect.objectContaining({ status: 'ended', outcome: 'completed' })]);
  });

  test('parley keys and parley calls ask the API, and a new key may only what it was made for', async () => {
    const made = runParley(['keys', 'add', 'reader', '--scope', 'calls:read'], settings);
    expect(await made.exit, made.output()).toMatchObject({ code: 0 });
    const key = /^ {2}(\S+)$/m.exec(made.output())?.[1] ?? '';
    const listed = runParley(['calls', '--agent', 'receptionist', '--key', key], settings);
    expect(await listed.exit, listed.output()).toMatchObject({ code: 0 });
    expect(listed.output()).toMatch(/^call_\w+ .* web +receptionist +– +completed \(agent_goodbye\)/m);
    const refused = runParley(['dial', '+14155550123', '--agent', 'reminder', '--key', key], settings);
    expect(await refused.exit, refused.output()).toMatchObject({ code: 1 });
    expect(refused.output()).toMatch(/calls:write/);
    const id = /^(key_\w+) was made/m.exec(made.output())?.[1] ?? '';
    const revoked = runParley(['keys', 'revoke', id], settings);
    expect(await revoked.exit, revoked.output()).toMatchObject({ code: 0 });
    expect(await runParley(['calls', '--key', key], settings).exit).toMatchObject({ code: 1 });
  });

  test('refuses to run twice from one data folder', async () => {
    const second = runParley(['up'], { ...(await freePorts()), PARLEY_DATA_DIR: data.path });
    expect(await second.exit).toMatchObject({ code: 1 });
    expect(second.output()).toContain('Parley is already running from');
  });

  test('parley call speaks with an agent and saves a recording of two channels', async () => {
    const out = join(data.path, 'reports');
    const call = runParley(['call', '--say', 'How much is a cleaning?', '--out', out], settings);
    expect(await call.exit, call.output()).toMatchObject({ code: 0 });
    expect(call.output()).toMatch(/Agent +A cleaning is/);
    const recording = /Recording: (\S+)/.exec(call.output())?.[1] ?? '';
    expect(readFileSync(recording).readUInt16LE(22)).toBe(2);
  });

  test.skipIf(chromiumPath === undefined)(
    'a person talks to the agent on the page: the answer is heard and shown',
    async () => {
      const wav = await withSilence('src/caller/speech/hours.wav', { beforeSeconds: 7, afterSeconds: 20 });
      const tab = await openTab({ executable: chromiumPath ?? '', microphone: 'granted', wav });
      try {
        await tab.page.goto(address.href);
        await startCall(tab.page);
        await tab.page
          .locator('.turn.agent', { hasText: 'Thank you for calling' })
          .first()
          .waitFor({ timeout: 20_000 });
        await tab.page
          .locator('li.turn.caller', { hasText: /time do you open/i })
          .first()
          .waitFor({ timeout: 30_000 });
        await tab.page.locator('[data-partial=agent]:not([hidden])').waitFor();
        expect(await loudestRms(tab.page, 1_500)).toBeGreaterThan(0.01);
        await tab.page.locator('.turn.agent', { hasText: 'We are open' }).first().waitFor({ timeout: 30_000 });
        expect(tab.complaints).toEqual([]);
      } finally {
        await tab.close();
      }
    },
  );

  test('Ctrl-C stops everything it started', async () => {
    parley.kill('SIGINT');
    expect(await parley.exit).toEqual({ code: 0, signal: null });
    for (const port of [settings['PARLEY_PORT'], settings['PARLEY_POSTGRES_PORT'], settings['PARLEY_LIVEKIT_PORT']])
      expect(await isFree(Number(port))).toBe(true);
  });

  test('a run that was killed leaves nothing in the way of the next one', async () => {
    const killed = runParley(['up', '--no-call'], settings);
    await killed.untilSaid('Up after', 60);
    killed.kill('SIGKILL');
    await killed.exit;
    parley = runParley(['up', '--no-call'], { ...settings, PARLEY_ONCE: '1' });
    expect(await parley.exit, parley.output()).toEqual({ code: 0, signal: null });
  });

  test('a taken port is named with the setting that changes it', async () => {
    const blocker: Server = createServer();
    await new Promise<void>((resolve) => blocker.listen(Number(settings['PARLEY_PORT']), '127.0.0.1', resolve));
    const refused = runParley(['up'], settings);
    expect(await refused.exit).toMatchObject({ code: 1 });
    expect(refused.output()).toMatch(/Port \d+ for the API is taken by another program\..* PARLEY_PORT/);
    await new Promise((resolve) => blocker.close(resolve));
  });
});
