import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { openSynapse } from './synapse-server.ts';

/**
 * Tests of the Matrix transport against a real Synapse: starts it, runs the tests, and ends it. `--keep <command …>` runs
 * another command instead, with the same environment. Where it can't be installed the tests are skipped and say why; one
 * that does not start is a failure.
 */
const ROOT = join(import.meta.dirname, '..');
const VITEST = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--config', 'vitest.slow.config.ts', 'test/slow/matrix.test.ts'];

/** Runs a command to its end, and gives its exit code. */
async function runWith(environment: Readonly<Record<string, string>>, program: string, args: readonly string[]): Promise<number> {
  const tests = spawn(program, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...environment } });
  const [code] = (await once(tests, 'exit')) as [number | null];
  return code ?? 1;
}

async function main(): Promise<number> {
  const synapse = await openSynapse();
  if ('missing' in synapse) {
    process.stderr.write(`The tests against Synapse are skipped: ${synapse.missing}\n`);
    if (process.argv[2] === '--keep') return 1;
    return await runWith({ MUSHER_TEST_NO_SYNAPSE: synapse.missing }, process.execPath, [...VITEST, ...process.argv.slice(2)]);
  }
  try {
    const { url, password, serverName } = synapse;
    const [keep, ...other] = process.argv.slice(2);
    const [program = process.execPath, ...args] = keep === '--keep' ? other : [process.execPath, ...VITEST, ...process.argv.slice(2)];
    return await runWith({ MUSHER_TEST_SYNAPSE: JSON.stringify({ url, password, serverName }) }, program, args);
  } finally {
    await synapse.close();
  }
}

process.exitCode = await main();
