import type { Redactor } from '../../redaction/redactor.ts';
import type { Db } from '../database.ts';
import { PROJECTIONS } from '../projections/tables.ts';

/** What a dump is of: one project or all (null), one item or all of them (null). */
export interface DumpAsk {
  readonly project: string | null;
  readonly number: number | null;
}

/** Rows of each kind at most, the newest; what is left out is counted. */
const MOST = 2_000;
/** Columns that name the item in the tables that have one. */
const ITEM_COLUMN: Readonly<Record<string, string>> = {
  items: 'number',
  dependencies: 'item',
  runs: 'item',
  spend: 'item',
  requests: 'item',
  events: 'item',
  outbox: 'item',
  confirmations: 'item',
};
/** Tables that say nothing of a project: no part of a dump of one, since its admin may have no rights in the others. */
const WITHOUT_PROJECT = new Set(['day_spend', 'day_raises', 'inbox', 'accounts']);
/** Text of JSON in these columns is shown as what it holds. */
const JSON_COLUMNS = new Set(['state', 'payload', 'body', 'refs', 'confirmed', 'notify', 'asker', 'items']);

type Row = Readonly<Record<string, unknown>>;
interface Rows {
  readonly rows: readonly Row[];
  /** Older ones that are not shown. */
  readonly leftOut: number;
}

/**
 * What the database holds, for somebody who looks for what went wrong: projections, events, cursors, queues. Reads
 * only. Of what transports remember only the length is told, for tokens are among it; texts go through the redactor.
 */
export function dump(db: Db, ask: DumpAsk, redactor: Redactor, about: { readonly version: string; readonly at: number }): Row {
  const read = (table: string, order: string, where: string): Rows => rowsOf(db, ask, table, order, where);
  const tables = PROJECTIONS.filter(({ table }) => ask.number === null || table in ITEM_COLUMN);
  return redactor.redactAll({
    musher: about.version,
    at: new Date(about.at).toISOString(),
    of: `${ask.project ?? 'every project'}, ${ask.number === null ? 'every item' : `item ${ask.number}`}`,
    projections: Object.fromEntries(tables.map(({ table, key }) => [table, read(table, key.map((one) => `${one} DESC`).join(', '), '')])),
    queues: {
      inbox: read('inbox', 'id DESC', "state <> 'done'"),
      outbox: read('outbox', 'id DESC', ask.number === null ? "state IN ('held', 'pending', 'sending')" : ''),
      confirmations: read('confirmations', 'id DESC', ''),
      twoPerson: read('two_person', 'id DESC', ''),
    },
    cursors: db.prepare<[], Row>('SELECT * FROM cursors ORDER BY subscriber').all(),
    remembered: db.prepare<[], Row>('SELECT scope, key, length(value) AS characters FROM state ORDER BY scope, key').all(),
    events: read('events', 'seq DESC', ''),
  });
}

/** The newest rows, in the order in which they came. */
function rowsOf(db: Db, { project, number }: DumpAsk, table: string, order: string, where: string): Rows {
  const column = ITEM_COLUMN[table];
  const apart = (project !== null && WITHOUT_PROJECT.has(table)) || (number !== null && column === undefined);
  const conditions = [
    where,
    project === null || WITHOUT_PROJECT.has(table) ? '' : 'project = @project',
    number === null || column === undefined ? '' : `${column} = @number`,
    apart ? '0' : '',
  ].filter((condition) => condition !== '');
  const from = `FROM ${table}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}`;
  const values = { project, number };
  const all = db.prepare<[object], number>(`SELECT count(*) ${from}`).pluck().get(values) ?? 0;
  const rows = db.prepare<[object], Row>(`SELECT * ${from} ORDER BY ${order} LIMIT ${MOST}`).all(values);
  return { rows: rows.toReversed().map(opened), leftOut: Math.max(0, all - MOST) };
}

function opened(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, JSON_COLUMNS.has(column) ? parsed(value) : value]));
}

/** A column of that name may hold a plain word too, such as the state of a message. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
