import { systemClock, type Clock } from '../../src/clock.ts';

/** The machine's clock, which a test can also move ahead: processes run in real time, limits need not be waited for. */
export interface JumpingClock extends Clock {
  jump(ms: number): void;
}

export function jumpingClock(): JumpingClock {
  const real = systemClock();
  const waiting = new Set<{ readonly time: number; readonly fire: () => void; cancel: () => void }>();
  let ahead = 0;
  const now = (): number => real.now() + ahead;
  return {
    now,
    at(time, fire) {
      const entry = { time, fire: () => {}, cancel: () => {} };
      const done = (): void => {
        if (!waiting.delete(entry)) return;
        entry.cancel();
        fire();
      };
      entry.fire = done;
      // Not unref'd like the machine's timers are: a test waits for it.
      const timer = setTimeout(done, Math.max(0, time - now()));
      entry.cancel = () => clearTimeout(timer);
      waiting.add(entry);
      return () => {
        waiting.delete(entry);
        entry.cancel();
      };
    },
    jump(ms) {
      ahead += ms;
      for (const entry of [...waiting].sort((a, b) => a.time - b.time)) {
        if (entry.time <= now()) entry.fire();
      }
    },
  };
}
