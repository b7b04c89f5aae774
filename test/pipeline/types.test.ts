import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { SPARING } from '../promises/copy.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXPECTATION = /^\/\/ @ts-expect-error (TS\d+): (.*)$/;

/** The file of impossible states, with its expectations apart: the code that each next line must give. */
const lines = readFileSync(join(import.meta.dirname, 'impossible.ts'), 'utf8').split('\n');
const expectations = lines.flatMap((line, i) => {
  const [, code = '', meaning = ''] = EXPECTATION.exec(line) ?? [];
  return code === '' ? [] : [{ line: i + 2, code, meaning }];
});

const dir = mkdtempSync(join(tmpdir(), 'musher-types-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Compiles the lines with the project's own settings; the errors by line. */
async function compile(source: readonly string[]): Promise<{ line: number; code: string }[]> {
  writeFileSync(join(dir, 'fixture.ts'), source.join('\n').replaceAll("'../../src/", `'${ROOT}/src/`));
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(dir, 'tsconfig.json'),
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { types: [], rewriteRelativeImportExtensions: false },
      include: ['fixture.ts'],
    }),
  );
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const { stdout } = await execa(tsc, ['-p', dir, '--pretty', 'false', ...SPARING.args], { reject: false, env: SPARING.env });
  const found = stdout.matchAll(/^(?:.*\/)?fixture\.ts\((\d+),\d+\): error (TS\d+):/gm);
  return Array.from(found, ([, line = '', code = '']) => ({ line: Number(line), code }));
}

describe('the types of the pipeline', () => {
  it('refuse each impossible state, and for the reason that is meant', async () => {
    const errors = await compile(lines.map((line) => (EXPECTATION.test(line) ? '' : line)));
    expect(errors).toEqual(expectations.map(({ line, code }) => ({ line, code })));
    expect(expectations.map(({ meaning }) => meaning)).toContain("a coder can't be attached to merge");
    expect(expectations.map(({ meaning }) => meaning)).toContain("a merge of nothing can't be written down");
  });

  it('let through what is possible', async () => {
    expect(await compile(lines)).toEqual([]);
  });
});
