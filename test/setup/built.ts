import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import published from '../../package.json' with { type: 'json' };
import { bundle, bundleAll } from '../../scripts/build.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What the package has besides what is built. */
const PUBLISHED = ['package.json', ...published.files.filter((path) => !path.startsWith('!') && path !== 'dist')];

/** Builds Musher once for all tests that start it: a start of the sources takes twice as long. Removed at the end. */
export default async function build(): Promise<() => void> {
  // Below the root, since its libraries are found from there.
  const folder = join(ROOT, 'node_modules/.cache', `musher-tests-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  for (const path of PUBLISHED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  await bundleAll(join(folder, 'dist'), 'heavy');
  await bundle(join(folder, 'dist'), 'test/e2e/agents/agent', 'heavy');
  process.env['MUSHER_TEST_BUILT'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
