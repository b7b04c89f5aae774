import { Backoff } from '../../backoff.ts';
import { pause } from '../../clock.ts';
import type { KnownOutage } from '../../log/reads/outages.ts';
import type { Reads } from '../../log/reads/reads.ts';
import type { Tx } from '../../log/tx.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { EngineParts, EngineProject } from '../parts.ts';
import { commandIn, outageOf, type Found } from './fault-of.ts';

/** 5, 10, 20 … seconds, at most 5 minutes: what people fix is noticed soon, and looking costs nothing. */
const PAUSES = new Backoff({ first: 5_000, longest: 5 * 60_000, jitter: 0 });

/**
 * Does work of an item that needs the repository and the machine. While something is broken that no attempt can fix, the
 * project waits, says why, and the same work is done again by back-off; no attempt is counted. Other errors go on
 * up, and so does the outage itself where `signal` aborts the wait. The work may be done more than once; it is given what was out
 * when it was done last.
 */
export async function throughOutages<T>(
  parts: EngineParts,
  project: EngineProject,
  signal: AbortSignal,
  work: (met: Found | null) => Promise<T>,
): Promise<T> {
  for (let met: Found | null = null; ;) {
    try {
      await stillOut(parts.log.reads, project);
      const done = await work(met);
      if (!signal.aborted) worksAgain(parts, project.settings.name, null);
      return done;
    } catch (error) {
      const found = signal.aborted ? null : await outageOf(error, project.git);
      if (found === null) throw error;
      met = found;
      const until = meetOutage(parts, project.settings.name, null, found, error);
      await untilOver(parts, project.settings.name, until, signal);
      if (signal.aborted) throw error;
    }
  }
}

const OF_DISK: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);
/** These show only at the next work whether they are over. */
const UNSEEN: ReadonlySet<string> = new Set(['LOCKED', 'GIT_TOO_OLD', 'MCP_PORT_TAKEN']);

/**
 * Throws where what is known to be out still is: that some other work could be done shows nothing, because it may have written
 * next to nothing, or used another command of git. `over`: it is not any more; `unknown`: the next work shows it.
 */
export async function stillOut(reads: Reads, { settings, git }: EngineProject): Promise<'over' | 'unknown'> {
  const known = reads.outages.get(settings.name, null);
  if (known === null || UNSEEN.has(known.code)) return 'unknown';
  if (OF_DISK.has(known.code)) await git.checkRoom('write');
  else {
    await git.checkRoom('look');
    const complaint = await git.complaint(commandIn(known.said));
    if (complaint !== null) throw complaint;
  }
  return 'over';
}

/** Records an outage; everything else that meets it waits too. Returns when it is tried again. */
export function meetOutage(parts: EngineParts, project: string, agent: string | null, found: Found, error: unknown): Millis {
  const known = parts.log.reads.outages.get(project, agent);
  if (known?.code !== found.code) parts.onProblem(`${agent ?? 'all work'} of ${project} waits: ${found.code}`, error);
  return parts.log.transaction((tx) => recordOutage(tx, project, agent, found));
}

/** As `meetOutage`, in a transaction of the caller's. */
export function recordOutage(tx: Tx, project: string, agent: string | null, found: Found): Millis {
  const known = tx.reads.outages.get(project, agent);
  const same = known?.code === found.code;
  if (same && known.until > tx.now) return known.until;
  const times = same ? known.times + 1 : 1;
  const until = tx.now + PAUSES.after(times);
  const { code, hint } = found;
  // The name of a branch holds words of an item's title, and this outlives a purge.
  const said = found.said.replaceAll(/\bmusher\/(\d+)-[^\s'":]+/g, 'musher/$1-…');
  const payload = { agent, code, said, hint, until, times, news: !same };
  tx.record({ project, item: null, actor: 'musher', cause: null, kind: 'outage.met', payload });
  return until;
}

/** Something has worked after the time at which it was to be tried again: the others may follow. */
export function worksAgain(parts: Pick<EngineParts, 'log'>, project: string, agent: string | null): void {
  if (parts.log.reads.outages.get(project, agent) === null) return;
  parts.log.transaction((tx) => {
    const known = tx.reads.outages.get(project, agent);
    if (known === null || known.until > tx.now) return;
    recordOver(tx, known);
  });
}

function recordOver(tx: Tx, { project, agent, since }: KnownOutage): void {
  tx.record({ project, item: null, actor: 'musher', cause: null, kind: 'outage.over', payload: { agent, since } });
}

/** Until it is tried again, or somebody else has found that it works. */
async function untilOver({ log, clock }: EngineParts, project: string, until: Millis, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const end = (): void => over.abort();
  signal.addEventListener('abort', end, { once: true });
  const unlisten = log.onCommit(() => {
    if (log.reads.outages.get(project, null) === null) end();
  });
  try {
    await pause(clock, until - clock.now(), over.signal);
  } finally {
    unlisten();
    signal.removeEventListener('abort', end);
  }
}
