import { defineConfig } from 'vitest/config';

/** Tests of the page in a real browser. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: 'test/setup/built.ts',
    pool: 'forks',
    maxWorkers: 2,
    expect: { poll: { timeout: 30_000, interval: 20 } },
    testTimeout: 120_000,
    // The first run fetches the browser.
    hookTimeout: 600_000,
    teardownTimeout: 10_000,
  },
});
