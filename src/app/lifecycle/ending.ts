import process from 'node:process';
import type { Writable } from 'node:stream';
import type { Reads } from '../../log/reads/reads.ts';

/** What a process ends with that wants to be started again: a failure to a service manager, where it can't start itself. */
export const EXIT_RESTART = 75;

/** What becomes of agents that are at work: they continue without Musher, or are stopped. */
export type Leave = 'release' | 'stop';

/** Signals this close together are one press of Ctrl-C. */
const SAME_PRESS_MS = 500;

/** How and when Musher ends: by a person, the end of the input, or a signal. A second signal ends it at once. */
export class Ending {
  readonly begun: Promise<Leave>;
  readonly #abort = new AbortController();
  #restarts = false;
  #begin: (leave: Leave) => void = () => undefined;

  constructor() {
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether another process takes over. */
  get restarts(): boolean {
    return this.#restarts;
  }

  /** Ends so that another process takes over at once; agents continue. */
  restart(): void {
    this.#restarts = true;
    this.begin('release');
  }

  begin(leave: Leave): void {
    this.#begin(leave);
    this.#abort.abort();
  }

  listen(stderr: Writable): () => void {
    let first: number | null = null;
    const onSignal = (signal: NodeJS.Signals): void => {
      // npm passes Ctrl-C on although the terminal has sent it already: one press comes twice within milliseconds.
      if (first !== null && performance.now() - first < SAME_PRESS_MS) return;
      if (first !== null) process.exit(130);
      first = performance.now();
      stderr.write(`${signal}: Musher is stopping. A second signal ends it at once.\n`);
      // A service manager restarts Musher: agents continue meanwhile. Whoever presses Ctrl-C wants them stopped.
      this.begin(signal === 'SIGTERM' ? 'release' : 'stop');
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, onSignal);
    return () => {
      for (const signal of signals) process.removeListener(signal, onSignal);
    };
  }
}

/** Runs that are in progress, and how many of them are still what their item wants: the others were asked to end already. */
export interface OpenRuns {
  readonly all: number;
  readonly wanted: number;
}

/** Counts the runs that are in progress in the projects. */
export function openRuns(reads: Reads, projects: Iterable<string>): OpenRuns {
  const open = [...projects].flatMap((project) => reads.openRuns(project));
  const wanted = open.filter((run) => {
    const item = reads.item(run.project, run.item);
    if (item === null || item.deletedAt !== null || item.held !== null || item.runs !== run.run) return false;
    return item.execution.state === 'pending' || item.execution.state === 'running';
  });
  return { all: open.length, wanted: wanted.length };
}

/** What the terminal says about runs that were in progress; empty if there were none. */
export function endOfRuns({ all, wanted }: OpenRuns, leave: Leave): string {
  if (all === 0) return '';
  const asked = all - wanted;
  if (leave === 'stop') {
    if (wanted === 0) return `${counted(all)} stopped. The work is kept.\n`;
    if (all === 1) return '1 run stopped. Its work is kept, and it starts again with Musher.\n';
    const which = asked === 0 ? 'they' : `${wanted} of them`;
    return `${all} runs stopped. The work is kept, and ${which} ${wanted === 1 ? 'starts' : 'start'} again with Musher.\n`;
  }
  const on = `${counted(wanted)} ${wanted === 1 ? 'continues' : 'continue'} without Musher. The next start picks ${wanted === 1 ? 'it' : 'them'} up.\n`;
  const off = `${counted(asked)} ${asked === 1 ? 'was' : 'were'} asked to stop. The next start checks that.\n`;
  return `${wanted === 0 ? '' : on}${asked === 0 ? '' : off}`;
}

function counted(runs: number): string {
  return runs === 1 ? '1 run' : `${runs} runs`;
}

/** Whether a line typed at the terminal means to leave. */
export function isGoodbye(text: string): boolean {
  return /^(?:exit|quit)$/i.test(text.trim());
}
