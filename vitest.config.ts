import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/setup/longest-first.ts';

const common = {
  // No promise about speed: only a test that hangs is to be found out.
  testTimeout: 90_000,
  hookTimeout: 60_000,
  env: { NODE_ENV: 'production' },
  // Node runs TypeScript itself.
  experimental: { viteModuleRunner: false, nodeLoader: false },
};

const withServers = ['test/**/*.integration.test.ts', 'test/**/*.e2e.test.ts'];
const servers = { globalSetup: ['./test/setup/global-setup.ts'] };
/** Most files can share a process, so that what they import is loaded once. These change what a whole process has. */
const ownProcess = [
  'test/telemetry/**/*.test.ts',
  'test/worker/host/race-shim.test.ts',
  'test/pipelines/providers/silero-vad.test.ts',
];

/**
 * Three kinds of test, told apart by file name, one kind after the other. Whole calls take place in real time, on cores that others
 * use too, and are heard by ears that time them: one that fails is tried again, and named as flaky at the end.
 */
export default defineConfig({
  test: {
    reporters: ['default', './test/setup/summary-reporter.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...withServers, ...ownProcess],
          isolate: false,
          // Most of them wait.
          maxWorkers: 4,
          maxConcurrency: 12,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'unit, own process',
          // `vi.doMock` needs it.
          experimental: { viteModuleRunner: true },
          include: ownProcess,
          exclude: withServers,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          ...servers,
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...common,
          ...servers,
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          retry: 2,
          testTimeout: 120_000,
          maxWorkers: 2,
          maxConcurrency: 3,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
