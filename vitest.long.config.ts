import { defineConfig } from 'vitest/config';
import tests from './vitest.config.ts';

/** Whole runs that take minutes of processor time each, and of which the parts are tested with everything else. */
export default defineConfig({
  test: {
    ...tests.test,
    projects: [
      {
        test: {
          name: 'long',
          globalSetup: ['./test/setup/global-setup.ts'],
          include: ['test/**/*.long.ts'],
          testTimeout: 300_000,
          hookTimeout: 150_000,
          maxWorkers: 1,
          env: { NODE_ENV: 'production' },
          experimental: { viteModuleRunner: false, nodeLoader: false },
        },
      },
    ],
  },
});
