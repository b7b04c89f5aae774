import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';

/**
 * `npm run check`: everything that is wrong with the code without running the product. All parts run, one after the
 * other; what a part that fails has printed is shown, and the last line names those that failed.
 */
const PARTS: readonly (readonly [name: string, file: string, ...args: string[]])[] = [
  ['types', 'tsc', '-p', '.'],
  ['lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['format', 'oxfmt', '--check', '.'],
  ['generated files', process.execPath, 'scripts/generate.ts', '--check'],
  ['imports and docs', 'vitest', 'run', 'test/architecture.test.ts', 'test/docs.test.ts'],
];

const root = join(import.meta.dirname, '..');
const failed: string[] = [];
for (const [name, file, ...args] of PARTS) {
  const startedAt = performance.now();
  const { failed: isBad, all } = await execa(file, args, { cwd: root, preferLocal: true, stdin: 'ignore', all: true, reject: false });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (isBad) {
    failed.push(name);
    process.stdout.write(`${all}\n`);
  }
  process.stdout.write(
    `${isBad ? 'FAIL' : 'ok  '} ${name} (${[file === process.execPath ? 'node' : file, ...args].join(' ')}), ${seconds} s\n`,
  );
}
process.stdout.write(failed.length === 0 ? 'All checks passed.\n' : `Failed: ${failed.join(', ')}.\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
