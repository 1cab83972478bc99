import { defineConfig } from 'vitest/config';

/** Real audio in real time on shared cores: a test that fails is tried again before it counts as failed. */
const common = { retry: 2, testTimeout: 30_000, hookTimeout: 60_000, env: { NODE_ENV: 'production' } };

/** Three kinds of test, told apart by file name, one kind after the other. Whole calls are timed by ears, so one runs at a time. */
export default defineConfig({
  test: {
    reporters: ['default', './test/setup/summary-reporter.ts'],
    globalSetup: ['./test/setup/global-setup.ts'],
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.integration.test.ts', 'test/**/*.e2e.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'integration',
          include: ['test/**/*.integration.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          testTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
