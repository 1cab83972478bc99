import { defineConfig } from 'vitest/config';

/** `make test-sip`: phone calls over a real livekit-sip. Apart from the other tests, since nobody but its image has that program. */
export default defineConfig({
  test: {
    reporters: ['default', './test/setup/summary-reporter.ts'],
    include: ['test/sip/*.sip.ts'],
    globalSetup: ['./test/setup/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    maxWorkers: 1,
    maxConcurrency: 4,
    env: { NODE_ENV: 'production' },
    experimental: { viteModuleRunner: false, nodeLoader: false },
  },
});
