/** Work in order under each key; keys do not wait for each other. */
export interface Queues {
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
  busy(key: string): boolean;
  /** Resolves when nothing is in progress. */
  idle(): Promise<void>;
}

export function queues(): Queues {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(key, work) {
      const before = last.get(key) ?? Promise.resolve();
      const turn = before.then(work, work);
      last.set(key, turn);
      const leave = (): void => {
        if (last.get(key) === turn) last.delete(key);
      };
      turn.then(leave, leave);
      return turn;
    },
    busy: (key) => last.has(key),
    async idle() {
      while (last.size > 0) await Promise.allSettled(last.values());
    },
  };
}
