import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { toolPath } from '../setup/tools.ts';
import { runTool } from './run-tool.ts';

const file = '.github/workflows/release.yml';
type Step = { uses?: string; with?: Record<string, unknown>; run?: string };
type Job = { 'timeout-minutes'?: number; permissions?: Record<string, string>; steps: Step[] };
const { jobs, permissions } = parse(readFileSync(file, 'utf8')) as {
  jobs: Record<string, Job>;
  permissions: Record<string, string>;
};
const steps = Object.values(jobs).flatMap((job) => job.steps);

const actionlint = toolPath('actionlint');
test.skipIf(!actionlint)('the release workflow passes actionlint', async () => {
  await runTool(actionlint!, [file]);
});

test('nothing is released before every test has passed, and every job ends', () => {
  expect(jobs['check']!.steps.some(({ run }) => run === 'make test')).toBe(true);
  for (const [name, job] of Object.entries(jobs)) {
    expect([name, job['timeout-minutes']]).toEqual([name, expect.any(Number)]);
    if (name !== 'check') expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`\\n  ${name}:\\n    needs: `));
  }
});

test('a job may write what it releases, and nothing else', () => {
  expect(permissions).toEqual({ contents: 'read' });
  const writing = Object.entries(jobs).flatMap(([name, job]) =>
    Object.entries(job.permissions ?? {}).flatMap(([what, may]) => (may === 'write' ? [`${name} ${what}`] : [])),
  );
  expect(writing).toEqual([
    'image packages',
    'image id-token',
    'image attestations',
    'n8n id-token',
    'release contents',
  ]);
});

test('image and package come with where they are from', () => {
  const image = steps.find(({ uses }) => uses?.startsWith('docker/build-push-action'))!.with!;
  expect(image).toMatchObject({ platforms: 'linux/amd64,linux/arm64', sbom: true, provenance: 'mode=max' });
  const runs = steps.map(({ run = '' }) => run).join('\n');
  expect(runs).toContain('npm publish --provenance');
  expect(runs).toContain('npm sbom');
  expect(runs).toContain('sha256sum');
});
