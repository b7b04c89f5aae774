import { MusherError } from '../../errors.ts';
import { err, ok, type Result } from '../../result.ts';
import { markCopy } from './copy-mark.ts';
import type { Db } from '../database.ts';
import { chain, EventStore, GENESIS, originalDigest, toEvent, type EventRow } from '../events.ts';
import { keepOldUntil, oldUntil } from '../identity.ts';
import { Projector } from '../projections/projector.ts';

/** The form of the lines, for a program that reads them. */
const FORM = 1;
const PAGE = 1_000;

/** The first line of an export. */
interface Header {
  readonly musher: string;
  readonly form: number;
  readonly events: number;
  /** See `oldUntil`; missing: an older version wrote it, and all of it is old. */
  readonly oldUntil?: number | null;
}

/**
 * The whole log as JSON lines: a header, then each event as it stands, with what its hash needs. Messages are no part
 * of it: they are not part of the record.
 */
export function* exportedLines(db: Db, version: string): Generator<string> {
  const store = new EventStore(db);
  const events = db.prepare<[], number>('SELECT count(*) FROM events').pluck().get() ?? 0;
  yield JSON.stringify({ musher: version, form: FORM, events, oldUntil: oldUntil(db) } satisfies Header);
  let last = 0;
  for (;;) {
    const rows = store.rowsAfter(last, PAGE);
    if (rows.length === 0) return;
    for (const row of rows) yield JSON.stringify({ ...row, payload: JSON.parse(row.payload) as unknown });
    last = rows.at(-1)?.seq ?? last;
  }
}

/**
 * Fills an empty log from exported lines, all or nothing. Every hash is checked against the chain and every event
 * against the pipeline on the way; what does not fit is refused with its line. Returns the number of events. `file`: named
 * in the notice of the next start.
 */
export async function importLines(db: Db, lines: AsyncIterable<string>, file: string | null = null): Promise<number> {
  const store = new EventStore(db);
  if (store.lastGiven() > 0)
    throw new MusherError('IMPORT_REFUSED', 'This data directory already has a log.', 'Choose an empty one with --data DIR.');
  const projector = new Projector(db);
  let header: Header | null = null;
  let previous = GENESIS;
  let until: number | null = null;
  const projects = new Set<string>();
  let line = 0;
  // One transaction over an asynchronous loop: nothing else uses this connection.
  db.exec('BEGIN IMMEDIATE');
  try {
    for await (const text of lines) {
      line += 1;
      if (text.trim() === '') continue;
      if (header === null) {
        header = orThrow(readHeader(text), line);
        continue;
      }
      const row = orThrow(readRow(text), line);
      if (row.seq !== previous.seq + 1) orThrow(err(`event ${previous.seq + 1} is missing`), line);
      if (chain(previous.hash, row, originalDigest(row)) !== row.hash)
        orThrow(err(`event ${row.seq} was changed: its hash does not fit`), line);
      const applied = projector.apply(toEvent(row));
      if (!applied.ok)
        orThrow(err(`event ${row.seq} (${row.kind}) does not fit: ${applied.error.code} (${applied.error.misfit.kind})`), line);
      store.insertRow(row);
      previous = { seq: row.seq, hash: row.hash };
      until = row.at;
      projects.add(row.project);
      if (row.seq % PAGE === 0) projector.flush();
    }
    if (header === null) orThrow(err('it is empty'), line);
    if (header?.events !== previous.seq) orThrow(err(`it ends after ${previous.seq} of ${header?.events} events`), line);
    projector.flush();
    markCopy(db, { from: 'export', file, until }, projects);
    keepOldUntil(db, header?.oldUntil === undefined ? until : header.oldUntil);
    // What it tells was told; what the first start finds is news.
    db.prepare("INSERT INTO cursors (subscriber, seq) VALUES ('notify', ?)").run(previous.seq);
    db.exec('COMMIT');
    return previous.seq;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  } finally {
    projector.clear();
  }
}

function readHeader(text: string): Result<Header, string> {
  const value = parse(text);
  if (typeof value !== 'object' || value === null || !('form' in value) || !('events' in value))
    return err('this is not an export of a log');
  if (value.form !== FORM) return err(`the export has format ${String(value.form)}; this Musher reads format ${FORM}`);
  return ok(value as Header);
}

function readRow(text: string): Result<EventRow, string> {
  const value = parse(text) as (Omit<EventRow, 'payload'> & { payload: unknown }) | null;
  if (typeof value !== 'object' || value === null || typeof value.seq !== 'number' || typeof value.hash !== 'string')
    return err('this is not an event');
  return ok({ ...value, payload: JSON.stringify(value.payload) });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function orThrow<T>(result: Result<T, string>, line: number): T {
  if (result.ok) return result.value;
  throw new MusherError('IMPORT_REFUSED', `Line ${line}: ${result.error}.`, 'Nothing was imported. Export the log again.');
}
