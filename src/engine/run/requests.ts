import type { Clock } from '../../clock.ts';
import type { Log } from '../../log/log.ts';
import type { Tx } from '../../log/tx.ts';
import { isUnderWay, type AgentRequest, type RequestEnd } from '../../pipeline/requests.ts';

/**
 * Ends what nobody answered in time and what nobody waits for any more. It looks at what is open, not at how it came
 * there: a request outlives a restart, and one that expired meanwhile is ended at the start.
 */
export function keepRequests(parts: { readonly log: Log; readonly clock: Clock; readonly onError: (error: unknown) => void }): {
  stop(): void;
} {
  const { log, clock, onError } = parts;
  let cancelAlarm = (): void => undefined;
  let alarmAt: number | null = null;
  let scheduled = false;
  let stopped = false;

  const settle = (): void => {
    scheduled = false;
    if (stopped) return;
    try {
      const open = log.reads.requests.allOpen();
      const over = open.filter((request) => endOf(log, request, clock.now()) !== null);
      if (over.length > 0) log.transaction((tx) => over.forEach((request) => end(log, tx, request)));
      wake(open.filter((request) => !over.includes(request)));
    } catch (error) {
      // A database that is briefly busy or full must not leave a request open forever.
      onError(error);
      setAlarm(clock.now() + RETRY_MS);
    }
  };
  const setAlarm = (time: number): void => {
    cancelAlarm();
    alarmAt = time;
    cancelAlarm = clock.at(time, () => {
      alarmAt = null;
      settle();
    });
  };
  const wake = (open: readonly AgentRequest[]): void => {
    const next = Math.min(...open.map(({ expiresAt }) => expiresAt));
    if (open.length === 0) cancelAlarm();
    else if (next !== alarmAt) setAlarm(next);
    if (open.length === 0) alarmAt = null;
  };
  const unlisten = log.onCommit(() => {
    if (scheduled || stopped) return;
    scheduled = true;
    setImmediate(settle);
  });
  settle();
  return {
    stop() {
      stopped = true;
      unlisten();
      cancelAlarm();
    },
  };
}

const RETRY_MS = 5_000;

function endOf(log: Log, request: AgentRequest, now: number): Extract<RequestEnd, 'expired' | 'cancelled'> | null {
  const { project, item, run } = request;
  if (!isUnderWay(log.reads.item(project, item), log.reads.run(project, item, run))) return 'cancelled';
  return request.expiresAt <= now ? 'expired' : null;
}

function end(log: Log, tx: Tx, { number }: AgentRequest): void {
  const request = tx.reads.requests.get(number);
  if (request === null || request.state !== 'open') return;
  const how = endOf(log, request, tx.now);
  if (how === null) return;
  const text = how === 'expired' && request.ask.kind === 'question' ? request.ask.fallback : '';
  const { project, item, run } = request;
  tx.record({
    project,
    item,
    actor: 'musher',
    cause: null,
    kind: 'request.closed',
    payload: { run, request: number, end: how, text },
  });
}
