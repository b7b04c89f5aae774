import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**', 'test/kill/**', 'test/browser/**', 'test/bench/**'],
    // readline edits no lines on a dumb terminal, which is what CI machines claim to be.
    env: { TERM: 'xterm' },
    globalSetup: ['test/setup/memory.ts', 'test/setup/built.ts'],
    pool: 'forks',
    // One process takes many files: loading Musher and its libraries anew for each took a quarter of the whole time. No
    // test may leave anything behind in its process.
    isolate: false,
    // Room for young objects from the start: clearing a little one often takes up to a tenth of the time at the processor.
    execArgv: ['--min-semi-space-size=64', '--max-semi-space-size=64'],
    // One more than the two cores of a small machine: many tests wait for a process or for the disk.
    maxWorkers: 3,
    // As long as `test/eventually.ts` waits: a condition comes late on a loaded machine.
    expect: { poll: { timeout: 30_000, interval: 5 } },
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // A handle left open keeps a worker alive: better a clear failure than a hang.
    teardownTimeout: 10_000,
  },
});
