import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**', 'test/kill/**', 'test/bench/**'],
    // readline edits no lines on a dumb terminal, which is what CI machines claim to be.
    env: { TERM: 'xterm' },
    globalSetup: 'test/setup/built.ts',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // A handle left open keeps a worker alive: better a clear failure than a hang.
    teardownTimeout: 10_000,
  },
});
