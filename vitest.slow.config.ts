import { defineConfig } from 'vitest/config';

/** Tests that install something or take long; each has an npm script of its own. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.test.ts'],
    globalSetup: 'test/setup/built.ts',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    // The first run fetches the program from the registry.
    hookTimeout: 600_000,
    teardownTimeout: 10_000,
  },
});
