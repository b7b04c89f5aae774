import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';

const ROOT = join(import.meta.dirname, '../..');
const SOURCES = ['src', 'commands', 'transports', 'demo'] as const;

/** How tests call the compiler: by itself it has four checkers that each find out the same, and clears its memory often, which takes it twice as long. */
export const SPARING = { args: ['--checkers', '1'], env: { GOGC: '400' } } as const;

/** A copy of the sources, in which a test makes the change that CONTRIBUTING describes, or forgets a part of it. */
export interface Copy extends Disposable {
  write(path: string, text: string): void;
  /** Puts text in the place of other text, which has to be there. */
  change(path: string, from: string, to: string): void;
  read(path: string): string;
  /** Types of all sources, at the second time of what has changed since; the files with errors. */
  compile(): Promise<string[]>;
  /** The same, each with what the compiler says. */
  complaints(): Promise<Complaint[]>;
  /** Runs a script with the Node that runs the tests. */
  node(...args: readonly string[]): Promise<Ran>;
  /** Runs test files of the copy. */
  vitest(...files: readonly string[]): Promise<Ran>;
}

interface Complaint {
  readonly file: string;
  readonly text: string;
}

export interface Ran {
  readonly code: number | undefined;
  readonly output: string;
}

/** Copies the sources and these files beside them. */
export function copyOfSources(...besides: readonly string[]): Copy {
  const dir = mkdtempSync(join(tmpdir(), 'musher-promise-'));
  for (const path of [...SOURCES, ...besides]) cpSync(join(ROOT, path), join(dir, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  const write = (path: string, text: string): void => writeFileSync(join(dir, path), text);
  const read = (path: string): string => readFileSync(join(dir, path), 'utf8');
  const run = async (file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> => {
    const { exitCode, all } = await execa(file, args, { cwd: dir, reject: false, all: true, env: { NO_COLOR: '1', ...env } });
    return { code: exitCode, output: all };
  };
  const complaints = async (): Promise<Complaint[]> => {
    const compilerOptions = { rewriteRelativeImportExtensions: false, incremental: true, tsBuildInfoFile: './types' };
    write('tsconfig.json', JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: SOURCES }));
    const { output } = await run(join(dir, 'node_modules/.bin/tsc'), ['-p', dir, '--pretty', 'false', ...SPARING.args], SPARING.env);
    const found = output.matchAll(/^(\S+\.ts)\(\d+,\d+\): error TS\d+: (.*)/gm);
    return Array.from(found, ([, file = '', text = '']) => ({ file, text }));
  };
  write('package.json', '{"type":"module","version":"0.0.0"}');
  write('vitest.config.ts', "export default { test: { include: ['test/**/*.test.ts'] } };\n");
  return {
    write,
    read,
    change(path, from, to) {
      const text = read(path);
      if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
      write(
        path,
        text.replace(from, () => to),
      );
    },
    compile: async () => [...new Set((await complaints()).map(({ file }) => file))].toSorted(),
    complaints,
    node: (...args) => run(process.execPath, args),
    vitest: (...files) => run(process.execPath, [join(dir, 'node_modules/vitest/vitest.mjs'), 'run', ...files]),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** The files and folders that CONTRIBUTING names where it says what a new thing of a kind is: `A new command`. */
export function namedFor(beginning: string): string[] {
  const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  const told = text.split(/^(?=- )/m).find((entry) => entry.startsWith(`- ${beginning} `)) ?? '';
  return Array.from(told.matchAll(/`((?:src|commands|transports|test|docs)\/[^`]*)`/g), ([, path = '']) => path).toSorted();
}
