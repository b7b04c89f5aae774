import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { stampBeforeReading } from '../../scripts/build.ts';
import { ROOT } from './sandbox.ts';

const COPIED = ['bin', 'src', 'transports', 'commands', 'demo', 'scripts', 'package.json'];
const { STAMPS, stamp, isCurrent } = createRequire(import.meta.url)(join(ROOT, 'bin/current.js')) as {
  readonly STAMPS: string;
  readonly stamp: (file: string) => string;
  readonly isCurrent: (root: string) => boolean;
};

/** Writes a file as it is, and sets its time back. */
function rewrite(file: string): void {
  const { atime, mtime } = statSync(file);
  writeFileSync(file, readFileSync(file));
  utimesSync(file, atime, mtime);
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'musher-checkout-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what was built from a checkout', () => {
  const root = join(folder, 'small');
  const source = join(root, 'main.ts');
  const stamps = join(root, STAMPS);

  beforeEach(() => {
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(source, 'one');
    // A whole second, which can be set back exactly.
    utimesSync(source, 1_000_000_000, 1_000_000_000);
    writeFileSync(stamps, JSON.stringify({ 'main.ts': stamp(source) }));
  });

  it('is current while its sources are those that were read', () => {
    expect(isCurrent(root)).toBe(true);
  });

  it('is not current once a source has changed, also where its size and its time are the same', async () => {
    const before = statSync(source).ctimeMs;
    await expect.poll(() => (rewrite(source), statSync(source).ctimeMs)).toBeGreaterThan(before);
    expect(isCurrent(root)).toBe(false);
  });

  it('is not current where a source is gone', () => {
    rmSync(source);
    expect(isCurrent(root)).toBe(false);
  });

  it.each(['', '{', '{}', 'null'])('is not current with stamps that say nothing: %s', (text) => {
    writeFileSync(stamps, text);
    expect(isCurrent(root)).toBe(false);
  });

  it('is not current where no stamps were written', () => {
    rmSync(stamps);
    expect(isCurrent(root)).toBe(false);
  });

  it('is not current in a copy', () => {
    const copy = join(folder, 'copy');
    cpSync(root, copy, { recursive: true, preserveTimestamps: true });
    expect(isCurrent(copy)).toBe(false);
  });

  it('never is where a source was read so soon after a change that another may have the same time', () => {
    const { ctimeMs } = statSync(source);
    expect(stampBeforeReading(source, ctimeMs + 50)).not.toBe(stamp(source));
    expect(stampBeforeReading(source, ctimeMs + 500)).toBe(stamp(source));
  });
});

it('a checkout starts what was built from it, and its sources as soon as one of them has changed', async () => {
  const root = join(folder, 'checkout');
  for (const path of COPIED) cpSync(join(ROOT, path), join(root, path), { recursive: true });
  symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(root, 'node_modules'));
  const node = async (...args: string[]) => (await execa(process.execPath, args, { cwd: root, stdin: 'ignore' })).stdout;
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(await node('bin/musher.js', '--version')).toBe(version);
  await expect.poll(() => Date.now() - statSync(join(root, 'package.json')).ctimeMs).toBeGreaterThan(200);
  await node('scripts/build.ts');
  expect(await node('bin/musher.js', '--version')).toBe(version);
  // What was built now says so.
  writeFileSync(join(root, 'dist/src/main.js'), "export const main = async () => { process.stdout.write('built'); return 0; };\n");
  expect(await node('bin/musher.js', '--version')).toBe('built');
  // One that this answer does not load.
  rewrite(join(root, 'commands/musher/health.ts'));
  expect(await node('bin/musher.js', '--version')).toBe(version);
});
