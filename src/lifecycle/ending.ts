import process from 'node:process';
import type { Writable } from 'node:stream';

/** What becomes of agents that are at work: they go on without Musher, or are stopped. */
export type Leave = 'release' | 'stop';

/** Signals this close together are one press of Ctrl-C. */
const SAME_PRESS_MS = 500;

/** How and when Musher ends: by a person, the end of the input, or a signal. A second signal ends it at once. */
export class Ending {
  readonly begun: Promise<Leave>;
  readonly #abort = new AbortController();
  #begin: (leave: Leave) => void = () => undefined;

  constructor() {
    this.begun = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
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
      stderr.write(`${signal}: Musher stops; a second one ends it at once.\n`);
      // A service manager restarts Musher: agents go on meanwhile. Whoever presses Ctrl-C wants them stopped.
      this.begin(signal === 'SIGTERM' ? 'release' : 'stop');
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, onSignal);
    return () => {
      for (const signal of signals) process.removeListener(signal, onSignal);
    };
  }
}

/** What the person who ended Musher is told of runs that were under way. */
export function endOfRuns(runs: number, leave: Leave): string {
  const one = runs === 1;
  const what = one ? '1 run' : `${runs} runs`;
  if (leave === 'stop') return `${what} stopped; the work is kept and ${one ? 'it begins' : 'they begin'} again at the next start.\n`;
  return `${what} ${one ? 'goes' : 'go'} on without Musher; the next start takes ${one ? 'it' : 'them'} up again.\n`;
}

/** Whether a line typed at the terminal means to leave. */
export function isGoodbye(text: string): boolean {
  return /^(?:exit|quit)$/i.test(text.trim());
}
