import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};
const LIBRARIES = Object.keys(dependencies);

/** Each is bundled for itself: some run where no other file of Musher's is there. */
const PROGRAMS = ['src/main', 'src/sandbox/inside', 'src/sandbox/guard', 'src/sandbox/attack', 'demo/agent'];

/** Libraries that each start loads and that are nothing but JavaScript: together more than a hundred small files. */
const LIGHT = new Set(['zod', 'execa', 'smol-toml', 'croner', 'simple-git']);

/**
 * What stays outside of a bundle. `'all'` libraries do in the published package, where `npm install` puts them; `'heavy'`
 * ones are all but the light.
 */
const OUTSIDE = {
  all: () => true,
  heavy: (library: string) => !LIGHT.has(library),
};

/** Bundles a program into `folder`, at the path that its source has below the root; `program` has no ending. */
export async function bundle(folder: string, program: string, outside: keyof typeof OUTSIDE): Promise<void> {
  const bundled = await rolldown({
    input: { [program]: `${program}.ts` },
    cwd: ROOT,
    platform: 'node',
    external: (id) => id.startsWith('node:') || LIBRARIES.some((library) => isOf(library, id) && OUTSIDE[outside](library)),
    logLevel: 'warn',
  });
  await bundled.write({ dir: folder, format: 'esm', chunkFileNames: 'src/parts/[name]-[hash].js' });
  await bundled.close();
}

function isOf(library: string, id: string): boolean {
  return id === library || id.startsWith(`${library}/`);
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
