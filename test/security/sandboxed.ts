import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bubblewrap } from '../../scripts/bubblewrap.ts';
import { Bench, type ProjectFile } from '../e2e/harness.ts';

const found = bubblewrap();
/** Why the tests of the sandbox are skipped here; null: they run. */
export const MISSING = 'missing' in found ? found.missing : null;
export const BWRAP = 'program' in found ? found.program : '/nonexistent/bwrap';

const AGENT_FOLDER = join(import.meta.dirname, '../e2e/agents');
/** The client by which the test's agent speaks to Musher. */
const MODULES = join(import.meta.dirname, '../../node_modules');

/** A person's machine whose projects ask for a sandbox; flags are a folder that the agents share with the test. */
export function sandboxedBench(
  project: ProjectFile,
  keys: { program?: string; hosts?: readonly string[]; read?: readonly string[] } = {},
): Bench {
  const bench = new Bench(project);
  const lines = [
    `bubblewrap = ${JSON.stringify(keys.program ?? BWRAP)}`,
    '[[project]]',
    'name = "shop"',
    'path = "./shop"',
    'sandbox = "bubblewrap"',
    `allow_hosts = ${JSON.stringify(keys.hosts ?? [])}`,
    `sandbox_read = ${JSON.stringify([AGENT_FOLDER, MODULES, process.execPath, ...(keys.read ?? [])])}`,
    `sandbox_write = ${JSON.stringify([bench.flags])}`,
  ];
  bench.write('bot.toml', `${lines.join('\n')}\n`);
  return bench;
}

/** Whether a process sleeps for this many seconds: a number that no one else uses. */
export function sleeps(seconds: string): boolean {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(`sleep\0${seconds}\0`);
      } catch {
        return false;
      }
    });
}
