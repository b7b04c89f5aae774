import { defineConfig } from 'vitest/config';

/** Tests that kill Musher a few hundred times. */
export default defineConfig({
  test: {
    include: ['test/kill/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
  },
});
