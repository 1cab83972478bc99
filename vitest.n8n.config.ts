import { defineConfig } from 'vitest/config';

/** `make test-n8n`: our node package in a real n8n. Apart from the other tests, since n8n itself is 2,400 packages. */
export default defineConfig({
  test: {
    include: ['test/n8n/*.n8n.ts'],
    globalSetup: ['./test/setup/global-setup.ts'],
    testTimeout: 150_000,
    hookTimeout: 240_000,
    maxWorkers: 1,
    env: { NODE_ENV: 'production' },
  },
});
