import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from './generated-files.ts';

/** `npm run generate`: writes every file that is made from the code. A test compares them. */
const root = join(import.meta.dirname, '..');
for (const [name, make] of generatedFiles()) {
  writeFileSync(join(root, name), await make());
  process.stdout.write(`${name}\n`);
}
