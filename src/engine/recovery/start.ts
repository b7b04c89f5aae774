import { restartsAsked } from '../../log/reads/restarts.ts';
import { crashPoint } from '../../crash-point.ts';
import { verifyOpen } from '../../log/open-log.ts';
import type { Log } from '../../log/log.ts';
import type { OtherEvents } from '../../pipeline/events.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { EngineParts } from '../parts.ts';
import { keepCopyMark, NOTHING_FOUND, readCopyMark, type CopyMark } from '../../log/copies/copy-mark.ts';
import { compareCopy } from './copy.ts';
import { recover, type Recovered } from './recover.ts';

/** A start this soon after a reported one is only counted if it found nothing new. */
const QUIET_MS = 10 * 60_000;

/** How the Musher before this one ended, as its log tells before anything new is written. */
export interface Before {
  readonly kind: 'first' | 'stopped' | 'broke-off' | 'copy';
  /** Its last sign of life. */
  readonly at: Millis | null;
  /** Messages that it took in and did not answer. */
  readonly late: number;
}

/** Reads how the last Musher ended. Call it right after the log is open. */
export function readLastShutdown(log: Log): Before {
  const seq = log.reads.lastSeq();
  const [last] = seq === 0 ? [] : log.reads.events(seq - 1, 1);
  // Whoever asked for the restart expects its answer now.
  const asked = restartsAsked(log.reads);
  const late = log.inbox.open(0, 1_000).filter(({ id }) => !asked.has(id)).length;
  if (last === undefined) return { kind: 'first', at: null, late };
  // How the one ended that wrote the copy, nobody can say.
  if (readCopyMark(log) !== null) return { kind: 'copy', at: null, late };
  return { kind: last.kind === 'musher.stopped' ? 'stopped' : 'broke-off', at: last.at, late };
}

/**
 * What a start does before anything else continues: reconciles what stands outside the log with it, checks the log, and
 * writes down that Musher is there and, where there is something to tell, what was found. Rooms are told of that event
 * by the notifications, once.
 */
export async function recoverAndRecord(
  parts: EngineParts,
  before: Before,
  version: string,
): Promise<{ readonly differences: readonly string[] }> {
  const { log } = parts;
  const [first = ''] = parts.projects.keys();
  const copy = await compareCopy(parts);
  const found = await recover(parts);
  const { differences } = verifyOpen(log, [...parts.projects.keys()]);
  const memory = log.stateStore('recovery');
  // A finding that stays is reported once, not at each start. One that disappears may be reported again later.
  const told = new Set(parseLines(memory.get('odd')));
  const odd = found.odd.filter((one) => !told.has(JSON.stringify(one)));
  const count = readCount(memory.get('starts'));
  const report = reportOf(before, { ...found, odd, copy }, differences, version, parts.clock.now(), count);
  crashPoint('before-start-recorded');
  log.transaction((tx) => {
    const about = { project: first, item: null, actor: 'musher', cause: null } as const;
    tx.record({ ...about, kind: 'musher.started', payload: { version, pid: process.pid } });
    memory.set('odd', JSON.stringify(found.odd.map((one) => JSON.stringify(one))));
    if (copy !== null) keepCopyMark(log, copy.projects.length === 0 ? null : { ...copy, found: NOTHING_FOUND });
    if (report === null) return;
    tx.record({ ...about, kind: 'musher.recovered', payload: report });
    memory.set('starts', JSON.stringify(report.told ? { toldAt: tx.now, since: 0 } : { ...count, since: count.since + 1 }));
  });
  return { differences };
}

interface Count {
  readonly toldAt: Millis;
  /** Starts that were not told since. */
  readonly since: number;
}

/** Null where there is nothing to tell: the first start, and one after an orderly end that finds all as it should be. */
function reportOf(
  before: Before,
  found: Recovered & { readonly copy: CopyMark | null },
  differences: readonly string[],
  version: string,
  now: Millis,
  { toldAt, since }: Count,
): OtherEvents['musher.recovered'] | null {
  const { running, ended, strays, quarantined, mended, odd, copy } = found;
  const news = copy !== null || quarantined.length + mended.length + odd.length + differences.length > 0;
  const work = running + ended + strays + before.late > 0;
  if (before.kind !== 'broke-off' && !news && !work) return null;
  const loop = now - toldAt < QUIET_MS && now >= toldAt;
  return {
    version,
    downMs: before.at === null ? null : Math.max(0, now - before.at),
    brokeOff: before.kind === 'broke-off',
    told: news || !loop,
    untold: loop ? since : 0,
    running,
    ended,
    strays,
    late: before.late,
    quarantined,
    mended,
    odd,
    differences,
    copy: copy === null ? null : { from: copy.from, file: copy.file, until: copy.until, ...copy.found },
  };
}

function parseLines(text: string | null): string[] {
  const value: unknown = text === null ? [] : JSON.parse(text);
  return Array.isArray(value) ? value.filter((line) => typeof line === 'string') : [];
}

function readCount(text: string | null): Count {
  const value = text === null ? null : (JSON.parse(text) as Partial<Count>);
  return { toldAt: value?.toldAt ?? Number.NEGATIVE_INFINITY, since: value?.since ?? 0 };
}
