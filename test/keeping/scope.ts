import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Log } from '../../src/log/log.ts';
import type { Owner } from '../git/owner.ts';

/** Watches which files agents touch, and compares that with what their items bring to the base branch. */
export class Scope {
  readonly #owner: Owner;
  readonly #start: string;
  readonly #touched = new Map<number, Set<string>>();

  constructor(owner: Owner) {
    this.#owner = owner;
    this.#start = owner.git(['rev-parse', 'main']);
  }

  /** Notes what an agent's act changes in its worktree, and in its commits. */
  during(item: number, worktree: string, act: () => void): void {
    const before = states(worktree);
    const head = this.#head(worktree);
    act();
    const after = states(worktree);
    const touched = this.#touched.get(item) ?? new Set<string>();
    this.#touched.set(item, touched);
    for (const path of new Set([...before.keys(), ...after.keys()])) if (before.get(path) !== after.get(path)) touched.add(path);
    const now = this.#head(worktree);
    if (head !== '' && now !== '') for (const path of this.#changed(head, now)) touched.add(path);
  }

  merges(): number {
    return this.#commits().filter(({ item }) => item !== null).length;
  }

  /** What merges have brought that no agent of their items has touched. */
  beyond(log: Log): string[] {
    return this.#commits().flatMap(({ commit, item }) => {
      if (item === null || log.reads.lastNumber('shop') < item) return [];
      const touched = [...(this.#touched.get(item) ?? [])];
      return this.#changed(`${commit}^`, commit)
        .filter((path) => !touched.some((one) => one === path || one.startsWith(`${path}/`) || path.startsWith(`${one}/`)))
        .map((path) => `the merge of ${item} changes ${JSON.stringify(path)}, which no agent touched`);
    });
  }

  #commits(): { commit: string; item: number | null }[] {
    const format = '--format=%H%x00%(trailers:key=Musher-Item,valueonly,separator=%x2C)';
    return this.#owner
      .git(['log', '--first-parent', format, `${this.#start}..main`])
      .split('\n')
      .filter((row) => row !== '')
      .map((row) => {
        const [commit = '', item = ''] = row.split('\0');
        return { commit, item: item === '' ? null : Number.parseInt(item, 10) };
      });
  }

  #changed(from: string, to: string): string[] {
    return execFileSync('git', ['diff-tree', '-r', '-z', '--name-only', '--no-renames', from, to], {
      cwd: this.#owner.repository,
      encoding: 'latin1',
    })
      .split('\0')
      .filter((path) => path !== '');
  }

  #head(worktree: string): string {
    try {
      return this.#owner.git(['rev-parse', 'HEAD'], worktree);
    } catch {
      return '';
    }
  }
}

/** What each file of a worktree is, in a text. Names are bytes, in latin1. */
function states(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (folder: Buffer, below: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
      const path = Buffer.concat([folder, Buffer.from('/'), entry.name]);
      const name = `${below}${entry.name.toString('latin1')}`;
      if (entry.isDirectory()) walk(path, `${name}/`);
      else if (entry.isSymbolicLink()) found.set(name, `link ${readlinkSync(path)}`);
      else if (entry.isFile()) found.set(name, `${lstatSync(path).mode & 0o100} ${readFileSync(path, 'latin1')}`);
    }
  };
  walk(Buffer.from(root), '');
  return found;
}
