import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { load } from '../../src/commands/agents/load.ts';
import { loadConfig } from '../../src/config.ts';

test('the command starts its own servers, lets callers come, and gives a verdict with figures and a picture', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-load-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [json, svg] = [join(folder, 'load.json'), join(folder, 'load.svg')];
  const out = new PassThrough();
  const printed = text(out);
  const code = await load.run({
    // Generous promises: other tests run beside it.
    values: { most: '1', 'greeting-ms': '9000', 'answer-ms': '15000', 'gap-ms': '9000', json, svg },
    positionals: [],
    signal: new AbortController().signal,
    out,
    config: loadConfig({ PARLEY_LOG_LEVEL: 'error' }),
  });
  out.end();
  expect(await printed).toMatch(/✓ {3}1 calls {2}greeting p95 \d.*\n\nThis machine: at least 1 calls at once/);
  expect(code).toBe(0);
  const report = JSON.parse(readFileSync(json, 'utf8')) as { levels: { busy: { processes: { name: string }[] } }[] };
  expect(report).toMatchObject({
    most: 1,
    pipeline: 'embedded',
    levels: [{ calls: 1, dropped: 0, unanswered: 0, answerMs: { n: 2 } }],
  });
  const names = report.levels[0]?.busy.processes.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['call process 1', 'the speech engine', 'livekit-server']));
  expect(readFileSync(svg, 'utf8')).toContain('<svg');
}, 180_000);
