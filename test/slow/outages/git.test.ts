import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, test } from 'vitest';
import { Bench, create, until } from '../../e2e/harness.ts';

let bench: Bench;
afterEach(() => bench.close());

const count = (out: string, what: RegExp): number => out.match(what)?.length ?? 0;

/** The only git on the PATH, which the test breaks and mends. */
class Git {
  readonly #folder: string;
  readonly #real: string;

  constructor(at: Bench) {
    this.#folder = join(at.dir, 'programs');
    mkdirSync(this.#folder);
    const places = (process.env['PATH'] ?? '').split(delimiter).toReversed();
    const found = new Map(places.flatMap((place) => namesIn(place).map((name) => [name, join(place, name)] as const)));
    this.#real = found.get('git') ?? '';
    for (const [name, path] of found) if (!name.startsWith('git')) symlinkSync(path, join(this.#folder, name));
    this.mend();
  }

  get path(): string {
    return this.#folder;
  }

  mend(): void {
    this.#put(`exec ${this.#real} "$@"`);
  }

  /** Fails with one of its commands, however it is asked. */
  break(command: string): void {
    this.#put(
      `for word in "$@"; do [ "$word" != ${command} ] || { echo "fatal: not this time" >&2; exit 128; }; done\nexec ${this.#real} "$@"`,
    );
  }

  remove(): void {
    rmSync(join(this.#folder, 'git'));
  }

  #put(text: string): void {
    const file = join(this.#folder, 'git.new');
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    renameSync(file, join(this.#folder, 'git'));
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** By which a merge is made after an agent's end. */
const COMMANDS = [
  'cat-file',
  'read-tree',
  'ls-files',
  'merge-tree',
  'diff-tree',
  'commit-tree',
  'update-ref',
  'pack-objects',
  'index-pack',
];

describe('a git that fails under a run costs no attempt, is told once with its own words, and work continues by itself', () => {
  test.each(['', ...COMMANDS])('with git %s', async (command) => {
    bench = new Bench({ top: 'max_retries = 0' });
    bench.expectedProblems.push(/GIT_FAILED|GIT_TOO_OLD|not this time|not found/);
    const git = new Git(bench);
    const musher = bench.start({ PATH: git.path });
    musher.type(create('One', 'coder: write a.txt a; commit; raise there; await go; success'), 'start 1');
    await until(() => bench.raised('there'));
    if (command === '') git.remove();
    else git.break(command);
    bench.raise('go');
    const failed = command === '' ? 'on hold: .*git: not found' : `on hold: git ${command} failed: .*not this time`;
    // What Musher does without that command, it may well do meanwhile.
    const [said] = await musher.said(new RegExp(`${failed}|One merged into main`));
    const holds = said.includes('on hold') ? 1 : 0;
    git.mend();
    musher.type('wait 1 done 60');
    const { out } = await musher.end();
    expect(bench.item(1)).toMatchObject({ stage: { name: 'done' }, attempts: 0 });
    expect(bench.runs(1)).toHaveLength(1);
    expect(bench.only('item.attempt_failed', 1)).toEqual([]);
    expect(count(out, /is on hold: .*? No attempt is counted/g)).toBe(holds);
    expect(count(out, /Work on shop continues/g)).toBe(holds);
    expect(bench.merges).toHaveLength(1);
  });
});
