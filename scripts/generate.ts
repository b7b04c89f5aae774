import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { generatedFiles } from './generated-files.ts';

/**
 * `npm run generate`: writes every file that is made from the code, and names those that changed. With `--check`
 * nothing is written, and a file that would change is an error.
 */
const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');
for (const [name, make] of generatedFiles()) {
  const text = await make();
  if (readOrEmpty(join(root, name)) === text) continue;
  if (isCheck) {
    process.exitCode = 1;
    process.stderr.write(`${name} is not what the code gives: run \`npm run generate\` and commit it.\n`);
  } else {
    writeFileSync(join(root, name), text);
    process.stdout.write(`${name}\n`);
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
