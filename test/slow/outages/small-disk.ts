import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../../e2e/harness.ts';

/** Why no folder can be put on a disk of its own here; null: it can. */
export const NO_DISKS: string | null =
  spawnSync('unshare', ['-rm', 'true'], { stdio: 'ignore' }).status === 0 ? null : 'this system lets nobody mount anything';

/** Puts a folder, with what is in it, on a disk of its own, and copies it back when its input ends. */
const HOLD = `set -e
mount -t tmpfs -o "mode=700,$2" none "$1.disk"
cp -a "$1/." "$1.disk"
mount --bind "$1.disk" "$1"
echo there
cat > /dev/null
cp -a "$1/." "$1.after"
`;

/** A folder on a small disk of its own, which Musher sees, and nobody outside. */
export class SmallDisk {
  readonly #holder: ChildProcess;
  readonly #bench: Bench;
  readonly #folder: string;
  readonly #filler: string;

  /** `options`: of a `tmpfs`, such as `size=4m`. */
  static async under(bench: Bench, folder: string, options: string): Promise<SmallDisk> {
    for (const path of [folder, `${folder}.disk`, `${folder}.after`]) mkdirSync(path, { recursive: true, mode: 0o700 });
    const holder = spawn('unshare', ['-rm', '--propagation', 'private', '/bin/sh', '-c', HOLD, 'sh', folder, options], {
      cwd: '/',
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once('data', () => resolve());
      holder.once('exit', (code) => reject(new Error(`no disk: ${code}`)));
    });
    return new SmallDisk(bench, folder, holder);
  }

  private constructor(bench: Bench, folder: string, holder: ChildProcess) {
    this.#bench = bench;
    this.#folder = folder;
    this.#holder = holder;
    bench.within = [...this.#enter, `--wd=${bench.dir}`];
    bench.seen = (path) => `/proc/${holder.pid}/root${path}`;
    this.#filler = join(bench.seen(folder), 'filler');
  }

  get #enter(): string[] {
    return ['nsenter', '--preserve-credentials', '--user', '--mount', '--target', String(this.#holder.pid)];
  }

  /** Leaves room for nothing more. */
  fill(): void {
    for (let size = 1024 * 1024; size > 0; size >>= 1) while (this.#grow(size));
  }

  #grow(size: number): boolean {
    try {
      writeFileSync(this.#filler, Buffer.alloc(size, 1), { flag: 'a' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
      throw error;
    }
  }

  /** Makes room again. */
  free(): void {
    rmSync(this.#filler, { force: true });
  }

  /** Leaves no file to be made, though there is room. */
  useUpFiles(): void {
    mkdirSync(this.#filler);
    for (let n = 1; ; n += 1) {
      try {
        writeFileSync(join(this.#filler, String(n)), '');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
        throw error;
      }
    }
  }

  freeFiles(): void {
    rmSync(this.#filler, { recursive: true, force: true });
  }

  /** As a disk is mounted that has shown errors; or as before. */
  mount(how: 'ro' | 'rw'): void {
    const [program, ...args] = [...this.#enter, 'mount', '-o', `remount,bind,${how}`, this.#folder];
    execFileSync(program, args, { stdio: 'pipe' });
  }

  /** Brings what is on the disk to where the test and its tidying look for it. */
  async bringBack(): Promise<void> {
    const over = new Promise((resolve) => {
      this.#holder.once('exit', resolve);
    });
    this.#holder.stdin?.end();
    await over;
    rmSync(this.#folder, { recursive: true });
    renameSync(`${this.#folder}.after`, this.#folder);
    rmSync(`${this.#folder}.disk`, { recursive: true });
    this.#bench.within = [];
    this.#bench.seen = (path) => path;
  }
}
