import { defineConfig } from 'vitest/config';

/** Tests that kill Musher some four hundred times. */
export default defineConfig({
  test: {
    include: ['test/kill/**/*.test.ts'],
    globalSetup: 'test/setup/built.ts',
    pool: 'forks',
    maxWorkers: 2,
    // Where something hangs everything may: two tests at the end of their time are enough to know.
    bail: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
  },
});
