import type { Why } from '../pipeline/why/cause.ts';
import type { WorkItem } from '../pipeline/types.ts';

/** Something that is under way for an item. At most one at a time: the next begins when this one has ended. */
export interface Job {
  readonly kind: 'run' | 'gates' | 'merge' | 'restore' | 'undo' | 'remove' | 'tidy';
  /** Whether the item is still where this job is wanted. */
  readonly fits: (item: WorkItem) => boolean;
  readonly stop: (why: Why) => void;
  /** A person has sent the item's agent a message. Missing: no agent listens. */
  readonly hear?: () => void;
  readonly release: () => void;
  readonly done: Promise<void>;
}

/** What is under way, by item. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #onEnd: (key: string) => void;
  readonly #onFailure: (key: string, kind: Job['kind'], error: unknown) => void;

  constructor(onEnd: (key: string) => void, onFailure: (key: string, kind: Job['kind'], error: unknown) => void) {
    this.#onEnd = onEnd;
    this.#onFailure = onFailure;
  }

  has(key: string): boolean {
    return this.#jobs.has(key);
  }

  keep(key: string, job: Job): void {
    const done = job.done
      .catch((error: unknown) => this.#onFailure(key, job.kind, error))
      .finally(() => {
        this.#jobs.delete(key);
        this.#onEnd(key);
      });
    this.#jobs.set(key, { ...job, done });
  }

  /** Begins work that ends early when it is aborted. */
  begin(item: WorkItem, kind: Job['kind'], work: (signal: AbortSignal) => Promise<void>, fits: Job['fits']): void {
    const abort = new AbortController();
    const stop = (): void => abort.abort();
    this.keep(keyOf(item), { kind, fits, stop, release: stop, done: work(abort.signal) });
  }

  /** Ends the job of an item that has gone elsewhere: stopped, moved or deleted by a person. Otherwise the job hears what people said. */
  endUnwanted(item: WorkItem): void {
    const job = this.#jobs.get(keyOf(item));
    if (job === undefined) return;
    if (!job.fits(item)) job.stop({ kind: 'not-wanted' });
    else if (item.told !== undefined) job.hear?.();
  }

  /** Ends the jobs of some kinds in a project early. */
  stopIn(project: string, kinds: readonly Job['kind'][]): void {
    for (const [key, job] of this.#jobs) if (itemOfKey(key).name === project && kinds.includes(job.kind)) job.stop({ kind: 'paused' });
  }

  /** Leaves runs to themselves or stops them; resolves when all jobs have ended. */
  async end(leave: 'release' | 'stop'): Promise<void> {
    for (const job of this.#jobs.values()) {
      if (leave === 'release') job.release();
      else job.stop({ kind: 'musher-stopped' });
    }
    await Promise.all([...this.#jobs.values()].map((job) => job.done));
  }
}

/** Names an item among those of all projects. */
export function keyOf(item: Pick<WorkItem, 'project' | 'number'>): string {
  return `${item.project}\0${item.number}`;
}

/** The item that a key names. */
export function itemOfKey(key: string): { readonly name: string; readonly number: number } {
  const [name = '', number = '0'] = key.split('\0');
  return { name, number: Number(number) };
}
