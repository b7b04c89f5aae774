import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

interface Source {
  /** Relative to the project's root. */
  readonly path: string;
  readonly text: string;
}

const sources: readonly Source[] = ['src', 'transports', 'commands'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ path: `${folder}/${file}`, text: readFileSync(join(ROOT, folder, file), 'utf8') })),
);

/** What each part may import, besides itself and what all may see. The order is that of the design: arrows point down only. */
const MAY_SEE: Readonly<Record<string, readonly string[]>> = {
  'src/pipeline': [],
  'src/message': [],
  'src/redaction': [],
  'src/sandbox': [],
  'src/config': ['src/pipeline', 'src/agents/runtimes'],
  'src/log': ['src/pipeline', 'src/message', 'src/redaction'],
  'src/decide': ['src/pipeline', 'src/log'],
  'src/git': ['src/pipeline', 'src/sandbox'],
  'src/agents': ['src/pipeline', 'src/message', 'src/sandbox'],
  'src/engine': ['src/pipeline', 'src/message', 'src/redaction', 'src/sandbox', 'src/log', 'src/decide', 'src/git', 'src/agents'],
  'src/mcp': ['src/words', 'src/pipeline', 'src/message', 'src/log', 'src/agents', 'src/engine'],
  'src/words': ['src/pipeline', 'src/message', 'src/log', 'src/decide', 'src/agents'],
  'src/notices': ['src/pipeline', 'src/message', 'src/log', 'src/decide', 'src/words'],
  'src/pages': [
    'src/pipeline',
    'src/message',
    'src/redaction',
    'src/log',
    'src/decide',
    'src/git',
    'src/agents',
    'src/words',
    'src/bot',
    'src/pictures',
  ],
  'src/pictures': ['src/message'],
  'src/delivery': ['src/pipeline', 'src/message', 'src/log'],
  'src/bot': ['src/pipeline', 'src/message', 'src/log', 'src/decide', 'src/git', 'src/agents', 'src/words'],
  commands: ['src/pipeline', 'src/message', 'src/log', 'src/decide', 'src/git', 'src/agents', 'src/words', 'src/bot'],
  transports: [],
};
/** More files side by side than this, and nobody sees any more what a folder holds. */
const MOST_FILES = 16;
const SEEN_BY_ALL = new Set([
  'src/result.ts',
  'src/backoff.ts',
  'src/bounds.ts',
  'src/clock.ts',
  'src/until-aborted.ts',
  'src/errors.ts',
  'src/nearest.ts',
  'src/version.ts',
  'src/crash-point.ts',
  'src/finding.ts',
  'src/small-files.ts',
  'src/remove-folder.ts',
  'src/config/settings.ts',
  'src/config/choices.ts',
  'src/config/duration.ts',
]);
/** The composition root and the command line in front of it. */
const SEES_ALL = /^src\/(?:(?:app|cli)\/.*|main)\.ts$/;

/** What is known of networks before one is used; the list goes over their `network.ts`. */
const NETWORK_LIST = 'transports/index.ts';
const SEES_NETWORKS = /^src\/(?:config|redaction)\//;

/** What all networks share: the files beside their folders. */
function isContract(path: string): boolean {
  return path !== NETWORK_LIST && /^transports\/[a-z-]+\.ts$/.test(path);
}

interface Import {
  readonly from: string;
  readonly to: string;
}

/** The imports of a file: of our own files as paths from the root, of packages as they are written. */
function importsOf({ path, text }: Source): Import[] {
  const specifiers = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*'([^']+)'|\bimport\s*\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
  );
  return Array.from(specifiers, ([, named, called, bare]) => {
    const specifier = named ?? called ?? bare ?? '';
    return { from: path, to: specifier.startsWith('.') ? relative(ROOT, join(ROOT, dirname(path), specifier)) : specifier };
  });
}

function partOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'src' ? `${first}/${second}` : first;
}

/** Whether an import points in a direction that the design allows. Packages are not judged here. */
function isAllowed({ from, to }: Import): boolean {
  const isOurs = /^(?:src|transports|commands|test|scripts|demo|bin)\//.test(to);
  if (!isOurs || SEEN_BY_ALL.has(to)) return true;
  // Settings are the types of the sections.
  if (from === 'src/config/settings.ts') return to.startsWith('src/config/sections/');
  if (SEEN_BY_ALL.has(from)) return to.startsWith('src/pipeline/');
  if (SEES_ALL.test(from)) return true;
  if (from === NETWORK_LIST) return /^transports\/[a-z]+\/network\.ts$/.test(to) || isContract(to);
  if (from.startsWith('transports/'))
    return isContract(to) || to.startsWith('src/message/') || (!isContract(from) && folderOf(from) === folderOf(to));
  if (SEES_NETWORKS.test(from) && (to === NETWORK_LIST || to === 'transports/network.ts')) return true;
  // The contract between the web network and its pages has a room on both sides.
  if (from.startsWith('src/pages/') && to === 'transports/views.ts') return true;
  const part = partOf(from);
  return partOf(to) === part || MAY_SEE[part]?.some((seen) => to.startsWith(`${seen}/`)) === true;
}

/** Groups of files that import each other in a circle, types included: each is its files, in order. */
function circles(imports: readonly Import[]): string[][] {
  const edges = new Map<string, string[]>();
  for (const { from, to } of imports) edges.set(from, [...(edges.get(from) ?? []), to]);
  const reaches = (start: string, end: string): boolean => {
    const seen = new Set<string>();
    const open = [...(edges.get(start) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === end) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(edges.get(next) ?? []));
    }
    return false;
  };
  const inOne = new Set([...edges.keys()].filter((file) => reaches(file, file)));
  const found: string[][] = [];
  for (const file of [...inOne].toSorted()) {
    if (found.some((circle) => circle.includes(file))) continue;
    found.push([...inOne].filter((other) => other === file || (reaches(file, other) && reaches(other, file))).toSorted());
  }
  return found;
}

/** Files side by side in each folder. */
function filesByFolder(paths: readonly string[]): Map<string, number> {
  const count = new Map<string, number>();
  for (const path of paths) count.set(dirname(path), (count.get(dirname(path)) ?? 0) + 1);
  return count;
}

/** `transports/console/console.ts` -> `transports/console`. */
function folderOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

/** Whether a file outside of `src/log` reaches for the database under a log: what it wrote there would be beside the log. */
function reachesUnderTheLog({ path, text }: Source): boolean {
  return !path.startsWith('src/log/') && /\bdatabaseOf\b/.test(text);
}

/** Top-level `let`s: state that lives as long as the module. */
function moduleState(text: string): string[] {
  return Array.from(text.matchAll(/^(?:export )?(?:let|var) (\w+)/gm), ([, name = '']) => name);
}

/** Exported functions and classes with no comment right above them. */
function withoutIntent({ path, text }: Source): string[] {
  const lines = text.split('\n');
  return lines.flatMap((line, i) => {
    const [, name] = /^export (?:async )?(?:function\*?|class) (\w+)/.exec(line) ?? [];
    if (name === undefined) return [];
    const overloaded = lines.slice(0, i).some((earlier) => new RegExp(`^export (?:async )?function ${name}\\b`).test(earlier));
    return overloaded || lines[i - 1]?.endsWith('*/') === true ? [] : [`${path}: ${name}`];
  });
}

describe('the layout', () => {
  it('is looked at as a whole', () => {
    expect(sources.length).toBeGreaterThan(100);
    const parts = new Set(sources.filter(({ path }) => !SEES_ALL.test(path) && path.split('/').length > 2).map(({ path }) => partOf(path)));
    expect([...parts].filter((part) => !(part in MAY_SEE))).toEqual([]);
  });

  it('has imports that point one way', () => {
    const wrong = sources.flatMap(importsOf).filter((one) => !isAllowed(one));
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it.each([
    ['src/pipeline/moves.ts', 'src/log/log.ts'],
    ['src/message/plain.ts', 'src/pipeline/types.ts'],
    ['src/log/log.ts', 'src/bot/loop/router.ts'],
    ['src/git/base/base.ts', 'src/log/log.ts'],
    ['src/mcp/endpoint.ts', 'src/bot/loop/router.ts'],
    ['src/engine/run/run-agent.ts', 'src/mcp/endpoint.ts'],
    ['src/bot/loop/router.ts', 'commands/index.ts'],
    ['commands/look/show.ts', 'src/app/service.ts'],
    ['transports/console/console.ts', 'src/log/log.ts'],
    ['transports/console/console.ts', 'transports/matrix/matrix.ts'],
    ['transports/index.ts', 'transports/matrix/matrix.ts'],
    ['transports/matrix/network.ts', 'transports/index.ts'],
    ['transports/network.ts', 'transports/matrix/json.ts'],
    ['src/config/networks.ts', 'transports/matrix/network.ts'],
    ['src/notices/notify.ts', 'transports/index.ts'],
    ['src/pages/html.ts', 'transports/web/network.ts'],
    ['src/words/replies.ts', 'src/pages/html.ts'],
    ['src/result.ts', 'src/log/log.ts'],
    ['src/config/load.ts', 'src/log/log.ts'],
    ['src/config/project.ts', 'src/agents/supervision/supervisor.ts'],
  ])('would not have %s see %s', (from, to) => {
    expect(isAllowed({ from, to })).toBe(false);
  });

  it('has no files that import each other in a circle', () => {
    expect(circles(sources.flatMap(importsOf))).toEqual([]);
    const pair = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'c', to: 'b' },
    ];
    expect(circles(pair)).toEqual([['b', 'c']]);
  });

  it('has at most 16 files side by side in a folder', () => {
    const crowded = [...filesByFolder(sources.map(({ path }) => path))].filter(([, files]) => files > MOST_FILES);
    expect(crowded).toEqual([]);
    expect(filesByFolder(['a/x.ts', 'a/y.ts', 'a/b/z.ts'])).toEqual(
      new Map([
        ['a', 2],
        ['a/b', 1],
      ]),
    );
  });

  it('says of each folder what it is, in the folder and on the map alike', () => {
    const folders = [...filesByFolder(sources.map(({ path }) => path)).keys()].toSorted();
    const said = folders.map((folder) => {
      const [title, , line = '', ...more] = readFileSync(join(ROOT, folder, 'README.md'), 'utf8')
        .trimEnd()
        .split('\n');
      expect([title, more]).toEqual([`# ${folder}`, []]);
      return `${folder}: ${line}`;
    });
    const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
    const map = Array.from(
      page.matchAll(/^((?:src|commands|transports)(?:\/[\w-]+)*)\/ +(\S.*)$/gm),
      ([, folder, line]) => `${folder}: ${line}`,
    );
    expect(map.toSorted()).toEqual(said.toSorted());
  });

  it('keeps each network’s library in its folder, and the domain free of the machine', () => {
    const isPackage = (to: string): boolean => !/^(?:src|transports|commands)\//.test(to);
    const packages = sources.flatMap(importsOf).filter(({ to }) => isPackage(to));
    const pure = packages.filter(({ from }) => from.startsWith('src/pipeline/') || from.startsWith('src/message/'));
    expect(pure).toEqual([]);
    const networks = /^(?:matrix-bot-sdk|discord\.js|@discordjs\/|@slack\/)/;
    expect(packages.filter(({ from, to }) => networks.test(to) && !from.startsWith('transports/'))).toEqual([]);
    const database = packages.filter(({ from, to }) => to === 'better-sqlite3' && !from.startsWith('src/log/'));
    expect(database).toEqual([]);
  });

  it('loads no network’s library, and no database, with what is known of networks before one is used', () => {
    const statically = (path: string, seen: Set<string>): void => {
      if (seen.has(path)) return;
      seen.add(path);
      const text = sources.find((source) => source.path === path)?.text ?? '';
      const withoutTypes = text.replaceAll(/(?:^|\n)import type [^;]*;/g, '').replaceAll(/\bimport\s*\(/g, '');
      for (const { to } of importsOf({ path, text: withoutTypes })) statically(to, seen);
    };
    const seen = new Set<string>();
    statically('transports/index.ts', seen);
    expect(seen.size).toBeGreaterThan(5);
    const packages = [...seen].filter((to) => !/^(?:src|transports|node:)/.test(to));
    expect(packages).toEqual(['zod']);
  });

  it('names each file after what it is', () => {
    const vague = sources.filter(({ path }) => /(?:^|[/-])(?:utils?|helpers?|common|misc|managers?)(?:[-./]|$)/.test(path));
    expect(vague.map(({ path }) => path)).toEqual([]);
    const cased = sources.filter(({ path }) => !/^[a-z0-9./-]+$/.test(path));
    expect(cased.map(({ path }) => path)).toEqual([]);
  });

  it('writes `node:` before each module of Node', () => {
    const bare = sources.flatMap(importsOf).filter(({ to }) => builtinModules.includes(to) && !to.startsWith('node:'));
    expect(bare).toEqual([]);
  });
});

describe('the code', () => {
  it('leave what is under the log to the log', () => {
    expect(sources.filter(reachesUnderTheLog).map(({ path }) => path)).toEqual([]);
    expect(reachesUnderTheLog({ path: 'src/engine/x.ts', text: 'Log.databaseOf(log)' })).toBe(true);
  });

  it('removes folders in one way alone, which manages those that are too deep or shut', () => {
    const own = new Set([
      'src/remove-folder.ts',
      'src/small-files.ts',
      'src/sandbox/inside.ts',
      'src/log/copies/restore.ts',
      'src/app/demo.ts',
    ]);
    const removes = ({ text }: Source): boolean => /\brm(?:Sync|dir|dirSync)?\([^;]*?\brecursive: true/.test(text);
    expect(sources.filter((source) => removes(source) && !own.has(source.path)).map(({ path }) => path)).toEqual([]);
    expect(removes({ path: 'x.ts', text: 'await rm(`${file}.new`, {\n  recursive: true, force: true });' })).toBe(true);
  });

  it('keeps no state in modules', () => {
    expect(sources.flatMap((source) => moduleState(source.text).map((name) => `${source.path}: ${name}`))).toEqual([]);
    expect(moduleState('export let count = 0;\nfunction f() {\n  let inner = 1;\n}')).toEqual(['count']);
  });

  it('says of each exported function and class of the engine what it is for', () => {
    const engine = sources.filter(({ path }) => /^src\/(?:pipeline|log|git|agents)\//.test(path));
    expect(engine.flatMap(withoutIntent)).toEqual([]);
    expect(withoutIntent({ path: 'x.ts', text: '/** Why. */\nexport function a() {}\nexport async function b() {}' })).toEqual(['x.ts: b']);
  });
});
