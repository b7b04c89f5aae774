import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, relative } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};
const LIBRARIES = Object.keys(dependencies);
const { STAMPS, stamp } = createRequire(import.meta.url)('../bin/current.js') as {
  readonly STAMPS: string;
  readonly stamp: (file: string) => string;
};

/** A file that was changed this short a time ago may change once more within the same tick of the file system's clock. */
const TICK_MS = 100;

/** Each is bundled for itself: some run where no other file of Musher's is there. */
const PROGRAMS = [
  'src/main',
  'src/sandbox/inside',
  'src/sandbox/guard',
  'src/sandbox/attack',
  'src/agents/process/keeper',
  'src/pictures/png/draw-process',
  'demo/agent',
];

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

/**
 * Bundles a program into `folder`, at the path that its source has below the root; `program` has no ending. Each source is
 * handed to `onRead` before it is read.
 */
export async function bundle(
  folder: string,
  program: string,
  outside: keyof typeof OUTSIDE,
  onRead: (file: string) => void = () => undefined,
): Promise<void> {
  const bundled = await rolldown({
    input: { [program]: `${program}.ts` },
    cwd: ROOT,
    platform: 'node',
    external: (id) => id.startsWith('node:') || LIBRARIES.some((library) => isOf(library, id) && OUTSIDE[outside](library)),
    logLevel: 'warn',
    plugins: [
      {
        name: 'sources',
        load: (id) => {
          if (isAbsolute(id)) onRead(id);
          return null;
        },
      },
    ],
  });
  await bundled.write({ dir: folder, format: 'esm', chunkFileNames: 'src/parts/[name]-[hash].js' });
  await bundled.close();
}

function isOf(library: string, id: string): boolean {
  return id === library || id.startsWith(`${library}/`);
}

/** Bundles all programs of Musher into `folder`, as `bundle` does. */
export async function bundleAll(folder: string, outside: keyof typeof OUTSIDE, onRead?: (file: string) => void): Promise<void> {
  for (const program of PROGRAMS) await bundle(folder, program, outside, onRead);
}

/** The stamp of a source that is read next; one that no file ever has where it may still change without another stamp. */
export function stampBeforeReading(file: string, now: number): string {
  return now - statSync(file).ctimeMs < TICK_MS ? 'changed just now' : stamp(file);
}

/**
 * `npm run build`, which `npm ci` runs too: JavaScript for the published package, because Node runs no TypeScript below
 * `node_modules`, and for a start of the checkout while its sources are those that were read here (`bin/current.js`). Files that
 * are no code are published where they are (`files` in package.json) and found from the package's root.
 */
export async function build(): Promise<void> {
  const dist = join(ROOT, 'dist');
  // What was built from a source that is gone must not be published.
  rmSync(dist, { recursive: true, force: true });
  const stamps = new Map<string, string>();
  // The first reading counts: a change between two programs that share a source shows too.
  const note = (file: string): void => void (stamps.has(file) || stamps.set(file, stampBeforeReading(file, Date.now())));
  for (const file of ['package.json', 'scripts/build.ts']) note(join(ROOT, file));
  await bundleAll(dist, 'all', note);
  const below = [...stamps].map(([file, at]) => [relative(ROOT, file), at] as const);
  writeFileSync(join(ROOT, STAMPS), JSON.stringify(Object.fromEntries(below)));
}

if (import.meta.main) await build();
