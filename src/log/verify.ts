import { created, transition } from '../pipeline/transition.ts';
import type { WorkItem } from '../pipeline/types.ts';
import { openDatabase, type Db } from './database.ts';
import { chain, EventStore, GENESIS, originalDigest, toEvent, type EventRow } from './events.ts';
import { Projector } from './projections/projector.ts';
import { PROJECTION_TABLES, PROJECTIONS } from './projections/tables.ts';
import type { Reads } from './reads/reads.ts';
import { compareTextIndex, type WordDifference } from './search/compare.ts';
import { indexTexts } from './search/texts.ts';

export interface Verification {
  readonly events: number;
  /** One line each: what differs, and where. Empty: all is well. */
  readonly differences: readonly string[];
}

/** At most this many differences are listed; the rest are only counted. */
const NAMED = 50;
/** Rows that a rebuild holds in memory before it writes them: bounds it to some tens of MB. */
const HELD_ROWS = 50_000;
const PAGE = 5_000;
const WORD_DIFFERENCES: { readonly [D in WordDifference]: string } = {
  extra: 'texts_index: a word is in the index, but not in the log',
  missing: 'texts_index: a word is in the log, but not in the index',
  moved: 'texts_index: a word is in other places than in the log',
};

/** Makes all projections again from the log, in a second database in memory, and compares row by row; checks the chain of hashes on the way. */
export function verifyAll(db: Db): Verification {
  const differences: string[] = [];
  const rebuilt = openDatabase(':memory:');
  try {
    rebuilt.exec(PROJECTION_TABLES);
    const events = rebuild(db, rebuilt, (difference) => differences.push(difference));
    for (const { table, key } of PROJECTIONS) compareTable(db, rebuilt, table, key, (difference) => differences.push(difference));
    compareTextIndex(db, rebuilt, (difference) => differences.push(WORD_DIFFERENCES[difference]));
    return { events, differences: cut(differences) };
  } finally {
    rebuilt.close();
  }
}

/** Replays the whole log of `source` into the empty projection tables of `target`; returns the number of events. */
export function rebuild(source: Db, target: Db, onProblem: (problem: string) => void): number {
  const store = new EventStore(source);
  const projector = new Projector(target, { indexesTexts: false });
  let previous = GENESIS.hash;
  let last = GENESIS.seq;
  let count = 0;
  for (;;) {
    const rows = store.rowsAfter(last, PAGE);
    if (rows.length === 0) break;
    target.transaction(() => {
      for (const row of rows) {
        if (row.seq !== last + 1) onProblem(`event ${last + 1} is missing from the log`);
        checkChain(row, previous, onProblem);
        previous = row.hash;
        last = row.seq;
        count += 1;
        const problem = replay(projector, row);
        if (problem !== null) onProblem(`event ${row.seq} (${row.kind}, ${row.project}#${row.item}) does not replay: ${problem}`);
      }
      projector.flush();
    })();
    if (projector.held > HELD_ROWS) projector.clear();
  }
  indexTexts(target);
  for (let seq = last + 1; seq <= store.lastGiven(); seq++) onProblem(`event ${seq} is missing from the log`);
  return count;
}

/** Applies an event; why it can't be, where it can't. What was changed in the file may be of any form, so anything may be thrown. */
function replay(projector: Projector, row: EventRow): string | null {
  try {
    const applied = projector.apply(toEvent(row));
    return applied.ok ? null : `${applied.error.code}: ${applied.error.misfit.kind}`;
  } catch (error) {
    return `it cannot be read (${(error as Error).message})`;
  }
}

function checkChain(row: EventRow, previous: string, onProblem: (problem: string) => void): void {
  if (chain(previous, row, originalDigest(row)) !== row.hash)
    onProblem(`event ${row.seq} (${row.kind}) was changed after it was written: its hash does not fit`);
}

function compareTable(db: Db, rebuilt: Db, table: string, key: readonly string[], onDifference: (difference: string) => void): void {
  const sql = `SELECT * FROM ${table} ORDER BY ${key.join(', ')}`;
  const found = db.prepare<[], Record<string, unknown>>(sql).iterate();
  const expected = rebuilt.prepare<[], Record<string, unknown>>(sql).iterate();
  let left = found.next();
  let right = expected.next();
  while (left.done !== true || right.done !== true) {
    const order = compareKeys(left.done === true ? null : left.value, right.done === true ? null : right.value, key);
    if (order < 0 && left.done !== true) {
      onDifference(`${table} ${name(left.value, key)}: in the table, but not in the log`);
      left = found.next();
    } else if (order > 0 && right.done !== true) {
      onDifference(`${table} ${name(right.value, key)}: in the log, but not in the table`);
      right = expected.next();
    } else if (left.done !== true && right.done !== true) {
      const columns = Object.keys(right.value).filter(
        (column) => (left.value as Record<string, unknown>)[column] !== (right.value as Record<string, unknown>)[column],
      );
      if (columns.length > 0)
        onDifference(`${table} ${name(left.value, key)}: ${columns.join(', ')} differ${columns.length === 1 ? 's' : ''} from the log`);
      left = found.next();
      right = expected.next();
    }
  }
}

/** The order in which SQLite gives the rows (BINARY collation compares UTF-8 bytes); a missing row comes last. */
function compareKeys(a: Record<string, unknown> | null, b: Record<string, unknown> | null, key: readonly string[]): number {
  if (a === null) return 1;
  if (b === null) return -1;
  for (const column of key) {
    const x = a[column];
    const y = b[column];
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : Buffer.compare(Buffer.from(String(x)), Buffer.from(String(y)));
    if (order !== 0) return order;
  }
  return 0;
}

function name(row: Record<string, unknown>, key: readonly string[]): string {
  return key.map((column) => String(row[column])).join(' ');
}

function cut(differences: readonly string[]): string[] {
  if (differences.length <= NAMED) return [...differences];
  return [...differences.slice(0, NAMED), `and ${differences.length - NAMED} more`];
}

/** The bound of the check at start: events of the chain's end, and events of active items replayed. */
const START_EVENTS = 2_000;

/** The quick check at start: the end of the chain, and the active items made again from their own events. Its time does not grow with the log. */
export function verifyActive(db: Db, reads: Reads, projects: readonly string[]): Verification {
  const differences: string[] = [];
  const store = new EventStore(db);
  let events = checkTail(store, differences);
  for (const project of projects) {
    for (const item of reads.active(project)) {
      if (events >= START_EVENTS) break;
      events += replayItem(store, item, differences);
    }
  }
  return { events, differences: cut(differences) };
}

function checkTail(store: EventStore, differences: string[]): number {
  const { seq } = store.head();
  const rows = store.rowsAfter(Math.max(0, seq - START_EVENTS / 2), START_EVENTS / 2);
  rows.forEach((row, i) => {
    const previous = rows[i - 1]?.hash ?? (row.seq === 1 ? GENESIS.hash : null);
    if (previous !== null) checkChain(row, previous, (problem) => differences.push(problem));
  });
  return rows.length;
}

function replayItem(store: EventStore, item: WorkItem, differences: string[]): number {
  const events = store.ofItem(item.project, item.number);
  let replayed: WorkItem | null = null;
  for (const event of events) {
    if (event.item === null) continue;
    if (event.kind === 'item.created') replayed = created(event);
    else if (replayed !== null) {
      const next = transition(replayed, event);
      if (next.ok) replayed = next.value;
    }
  }
  if (JSON.stringify(replayed) !== JSON.stringify(item))
    differences.push(`items ${item.project} ${item.number}: differs from what the log gives`);
  return events.length;
}
