import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { knownNames } from '../../src/known-names.ts';
import { agentsAt } from '../../src/scenarios/agents-at.ts';
import { contains, fits } from '../../src/scenarios/judge/phrases.ts';
import { githubAnnotations, jsonReport, junitReport } from '../../src/scenarios/report/machine-reports.ts';
import { printComparison } from '../../src/scenarios/report/print-comparison.ts';
import { printResults } from '../../src/scenarios/report/print-results.ts';
import { agentText, changed, runInText } from './run-in-text.ts';

const scenarios = `agent: receptionist
scenarios:
  - { name: right, steps: [{ say: How much is a cleaning? }] }
  - name: 'wrong <&> 100 %'
    steps:
      - say: How much is a cleaning?
        expect: { heard: seventy dollars, tools: take-message }
  - { name: aloud, in: [sound], steps: [{ say: Hi }] }
`;
const results = await runInText('receptionist', { agent: await agentText('receptionist'), scenarios, repeat: 2 });

test('the table says what was expected, what was heard instead, where it stands and how the call went', () => {
  const text = printResults(results, { seconds: 2 });
  expect(text).toMatch(/^✓ receptionist › right .* 100 % of 2$/m);
  expect(text).toMatch(/^✗ receptionist › wrong <&> 100 % .* 0 % of 2$/m);
  expect(text).toMatch(/^– receptionist › aloud\s+only in sound$/m);
  expect(text).toContain('step 1, say "How much is a cleaning?"  (receptionist.yaml:7)');
  expect(text).toContain('- expected to hear "seventy dollars"\n      + "A cleaning is eighty dollars');
  expect(text).toContain('- expected take-message to be called\n      + no tool was called');
  expect(text).toContain('      caller: say "How much is a cleaning?"\n      agent:  A cleaning is eighty dollars');
  expect(text).toContain('1 passed, 1 failed, 1 skipped in 2.0 s (4 turns a second)');
});

test('JUnit, JSON and GitHub are told the same', () => {
  const junit = junitReport(results);
  expect(junit).toContain('<testsuite name="receptionist.yaml" tests="3" failures="1" skipped="1"');
  expect(junit).toContain('name="wrong &lt;&amp;&gt; 100 %" file="receptionist.yaml" line="4"');
  expect(junit).toContain('expected to hear &quot;seventy dollars&quot;');
  expect(parse(jsonReport(results))).toMatchObject({
    ok: false,
    scenarios: [
      {
        name: 'right',
        ok: true,
        pass_rate: 1,
        runs: [{ exchanges: [{ caller: 'calls' }, { agent: expect.stringContaining('eighty') }] }, {}],
      },
      { name: 'wrong <&> 100 %', ok: false, pass_rate: 0 },
      { name: 'aloud', ok: true, runs: [] },
    ],
  });
  const lines = githubAnnotations(results).trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(
    /^::error file=receptionist\.yaml,line=7,title=receptionist › wrong <&> 100 %25::step 1, say/,
  );
});

test('two versions stand side by side', async () => {
  const agent = changed(await agentText('receptionist'), /eighty dollars/g, 'seventy dollars');
  const now = await runInText('receptionist', { agent, scenarios, repeat: 2 });
  const text = printComparison({ name: 'now', results: now }, { name: 'main', results });
  expect(text).toMatch(/wrong <&> 100 %\s+0 % .*\s0 % /);
  expect(text).toMatch(/aloud\s+skipped\s+skipped/);
});

test('agents are read from a folder and from a revision of git, and from nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-agents-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@t.invalid', ...args]);
  const write = (greeting: string) =>
    writeFileSync(join(folder, 'a.md'), `---\ndescription: a\ngreeting: ${greeting}\n---\nBe brief.`);
  write('Before.');
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'one');
  write('After.');
  const known = knownNames({ secrets: {}, privateHosts: [] });
  const greeting = async (target: string) => (await agentsAt(target, folder, known))[0]?.greeting;
  expect(await greeting(folder)).toBe('After.');
  expect(await greeting('HEAD')).toBe('Before.');
  await expect(greeting('nowhere')).rejects.toThrow('nowhere is neither a folder of agents');
  await expect(greeting('--output=x')).rejects.toThrow('is neither');
});

test.for<[text: string, phrase: string, found: boolean]>([
  ['We open at NINE.', 'nine', true],
  ['We open at ninety.', 'nine', false],
  ["It's open, isn't it?", 'its open isn’t it', true],
  ['Call 555-0123.', '555 0123', true],
  ['Grüße aus Köln', 'köln', true],
  ['five dollars', '/\\bfive (dollars|euros)\\b/', true],
])('"%s" and %s', ([text, phrase, found]) => {
  expect(contains(text, phrase)).toBe(found);
});

test('arguments fit where texts have the words in them, and everything else is the same', () => {
  expect(fits({ a: 'Call me, Tom', n: 5, more: true }, { a: 'call me', n: 5 })).toBe(true);
  expect(fits({ n: 5 }, { n: '5' })).toBe(true);
  expect(fits({ n: 5 }, { n: 6 })).toBe(false);
  expect(fits({ list: [1, 'b c'] }, { list: [1, 'c'] })).toBe(true);
  expect(fits({ list: [1] }, { list: [1, 2] })).toBe(false);
  expect(fits({}, { a: null })).toBe(false);
  expect(fits({ a: { b: 'x' } }, { a: { b: 'x' } })).toBe(true);
});
