import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';

const ROOT = join(import.meta.dirname, '../..');

/** A copy of the sources, in which a test makes the change that CONTRIBUTING describes, or forgets a part of it. */
export interface Copy extends Disposable {
  write(path: string, text: string): void;
  /** Puts text in the place of other text, which has to be there. */
  change(path: string, from: string, to: string): void;
  read(path: string): string;
  /** Types of these parts; the files with errors. */
  compile(include: readonly string[]): Promise<string[]>;
  /** Runs a script with the Node that runs the tests. */
  node(...args: readonly string[]): Promise<Ran>;
  /** Runs test files of the copy. */
  vitest(...files: readonly string[]): Promise<Ran>;
}

interface Ran {
  readonly code: number | undefined;
  readonly output: string;
}

/** Copies the sources and these files beside them. */
export function copyOfSources(...besides: readonly string[]): Copy {
  const dir = mkdtempSync(join(tmpdir(), 'musher-promise-'));
  for (const path of ['src', 'commands', 'transports', ...besides]) cpSync(join(ROOT, path), join(dir, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  const write = (path: string, text: string): void => writeFileSync(join(dir, path), text);
  const read = (path: string): string => readFileSync(join(dir, path), 'utf8');
  const run = async (file: string, args: readonly string[]): Promise<Ran> => {
    const { exitCode, all } = await execa(file, args, { cwd: dir, reject: false, all: true, env: { NO_COLOR: '1' } });
    return { code: exitCode, output: all };
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
    async compile(include) {
      const compilerOptions = { rewriteRelativeImportExtensions: false };
      write('tsconfig.json', JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, include }));
      const { output } = await run(join(dir, 'node_modules/.bin/tsc'), ['-p', dir, '--pretty', 'false']);
      const found = output.matchAll(/^(\S+\.ts)\(\d+,\d+\): error TS/gm);
      return [...new Set(Array.from(found, ([, path = '']) => path))].toSorted();
    },
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
