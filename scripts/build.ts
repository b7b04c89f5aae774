import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');

/** Each is bundled for itself: some run where no other file of Musher's is there. */
const PROGRAMS = ['src/main', 'src/sandbox/inside', 'src/sandbox/guard', 'src/sandbox/attack', 'demo/agent'];

/**
 * What stays outside of a bundle. `'all'` libraries do in the published package, where `npm install` puts them;
 * `'heavy'` ones are those with native code, with files of their own, or that few starts load. The others cost each
 * start a hundred small files.
 */
const OUTSIDE = {
  all: /^[^./]/,
  heavy: /^(?:node:|better-sqlite3|matrix-bot-sdk|@slack\/|discord\.js|pino|prom-client|@modelcontextprotocol\/)/,
};

/** Bundles a program into `folder`, at the path that its source has below the root; `program` has no ending. */
export async function bundle(folder: string, program: string, outside: keyof typeof OUTSIDE): Promise<void> {
  const bundled = await rolldown({
    input: { [program]: `${program}.ts` },
    cwd: ROOT,
    platform: 'node',
    external: OUTSIDE[outside],
    logLevel: 'warn',
  });
  await bundled.write({ dir: folder, format: 'esm', chunkFileNames: 'src/parts/[name]-[hash].js' });
  await bundled.close();
}

/** Bundles all programs of Musher into `folder`. */
export async function bundleAll(folder: string, outside: keyof typeof OUTSIDE): Promise<void> {
  for (const program of PROGRAMS) await bundle(folder, program, outside);
}

/**
 * `npm run build`: JavaScript for the published package, because Node runs no TypeScript below `node_modules`. Files
 * that are no code are published where they are (`files` in package.json) and found from the package's root.
 */
if (import.meta.main) {
  const dist = join(ROOT, 'dist');
  // What was built from a source that is gone must not be published.
  rmSync(dist, { recursive: true, force: true });
  await bundleAll(dist, 'all');
}
