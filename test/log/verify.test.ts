import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { Log } from '../../src/log/log.ts';
import { PROJECTIONS } from '../../src/log/projections/tables.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { history, play, tickingClock } from './random-history.ts';
import { sha } from '../pipeline/samples.ts';
import { databaseOf } from './database-of.ts';

/** A log with rows in every table, the same each time. */
function sampleLog(): Log {
  const log = Log.inMemory(tickingClock());
  for (const works of fc.sample(history, { seed: 9, numRuns: 12 })) play(log, works);
  fill(log);
  return log;
}

/** A row in each table of which chance may have left none. */
function fill(log: Log): void {
  log.transaction((tx) => {
    const item = tx.nextNumber('shop');
    const of = { project: 'shop', item, actor: 'musher', cause: null } as const;
    const made = { type: 'story', title: 'x', description: '', criteria: [], dependsOn: [], qaMode: null } as const;
    tx.record({ ...of, kind: 'item.created', payload: made });
    tx.record({ ...of, kind: 'item.edited', payload: { field: 'labels', value: ['ui'], prior: [] } });
    tx.record({ ...of, kind: 'item.moved', payload: { to: { name: 'current' }, why: '', failure: null } });
    tx.record({ ...of, kind: 'run.pending', payload: { run: 1, agent: 'coder-1', role: 'coder', stage: 'current', attempt: 1 } });
    const ask = { kind: 'permission', tool: 'Bash', input: '{}' } as const;
    const opened = { run: 1, request: tx.reads.requests.last() + 1, agent: 'coder-1', ask, brief: 'ls', call: 'c', expiresAt: 1 };
    tx.record({ ...of, kind: 'request.opened', payload: { ...opened, role: 'operator' } });
    const from = {
      at: { transport: 'console', room: 'lobby', thread: null },
      senderId: 'ann',
      ingress: 'terminal',
      direct: false,
    } as const;
    tx.record({ ...of, kind: 'timer.set', payload: { timer: 1_000, due: 1, command: 'start 1', from } });
    const routine = { routine: 1, schedule: 'hour', cron: '0 * * * *', condition: null, command: 'digest', due: 1, from };
    tx.record({ ...of, item: null, kind: 'routine.set', payload: routine });
    const limited = { account: 'shop/coder-1', until: 1, times: 1, news: true, others: [], earliest: null };
    tx.record({ ...of, item: null, kind: 'account.limited', payload: limited });
    const outage = { agent: 'coder-1', code: 'RUNTIME_MISSING', said: 'It is gone.', hint: 'Install it.', until: 1, times: 1, news: true };
    tx.record({ ...of, item: null, kind: 'outage.met', payload: outage });
    const subscribed = { transport: 'console', room: 'lobby', notify: ['stages'], style: null } as const;
    tx.record({ ...of, item: null, kind: 'room.subscribed', payload: subscribed });
    const measured = { name: 'coverage', commit: sha('1'), timedOut: false, durationMs: 1, value: '81 %', output: '' };
    for (const exitCode of [0, 1]) tx.record({ ...of, item: null, kind: 'report.measured', payload: { ...measured, exitCode } });
    tx.record({ ...of, item: null, kind: 'project.paused', payload: { reason: 'we deploy', until: 1, how: 'finish', asked: 0 } });
  });
}

/** What verify finds after something was done to the tables behind the log's back; the tables are put back after it. */
function afterTampering(log: Log, sql: string, ...parameters: unknown[]): readonly string[] {
  databaseOf(log).exec('BEGIN');
  try {
    expect(
      databaseOf(log)
        .prepare(sql)
        .run(...parameters).changes,
    ).toBeGreaterThan(0);
    return verifyAll(databaseOf(log)).differences;
  } finally {
    databaseOf(log).exec('ROLLBACK');
  }
}

describe('verify', () => {
  const log = sampleLog();
  const events = log.reads.lastSeq();

  it('finds nothing in a log that nobody touched, with rows in every table', () => {
    expect(verifyAll(databaseOf(log))).toEqual({ events, differences: [] });
    const empty = PROJECTIONS.filter(({ table }) => databaseOf(log).prepare(`SELECT 1 FROM ${table}`).get() === undefined);
    expect(empty).toEqual([]);
  });

  it.each([
    ['actor', "actor || 'x'"],
    ['time', 'at + 1'],
    ['kind', "'item.released'"],
    ['project', "'else'"],
    ['version', 'version + 1'],
    ['cause', "'event:99'"],
    ['hash', 'substr(hash, 2)'],
    ['salt', 'substr(salt, 2)'],
  ])('finds a changed %s', (column, value) => {
    const name = column === 'time' ? 'at' : column;
    const changed = afterTampering(log, `UPDATE events SET ${name} = ${value} WHERE seq = 5`);
    expect(changed.join('\n')).toContain('event 5');
  });

  it('finds a flipped bit at any place of a payload, also one that leaves it unreadable', () => {
    const payload =
      databaseOf(log).prepare<[], Buffer>('SELECT CAST(payload AS BLOB) FROM events WHERE seq = 5').pluck().get() ?? Buffer.alloc(0);
    expect(payload.length).toBeGreaterThan(2);
    for (let at = 0; at < payload.length; at += 1) {
      const flipped = Buffer.from(payload);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const found = afterTampering(log, 'UPDATE events SET payload = CAST(? AS TEXT) WHERE seq = 5', flipped);
      expect(found.join('\n')).toContain('event 5');
    }
  });

  it.each([1, 5, Math.floor(events / 2), events])('finds that event %i is missing', (seq) => {
    expect(afterTampering(log, 'DELETE FROM events WHERE seq = ?', seq).join('\n')).toContain(`event ${seq} is missing`);
  });

  it('finds two events in each other’s place', () => {
    const swapped = afterTampering(log, 'UPDATE events SET seq = CASE seq WHEN 5 THEN -6 WHEN 6 THEN -5 END WHERE seq IN (5, 6)');
    expect(swapped).not.toEqual([]);
  });

  const columns = PROJECTIONS.flatMap(({ table }) =>
    databaseOf(log)
      .prepare<[], { name: string; type: string }>(`SELECT name, type FROM pragma_table_info('${table}')`)
      .all()
      .map((column) => ({
        table,
        column: column.name,
        change: column.type === 'INTEGER' ? `${column.name} + 1000` : `coalesce(${column.name}, '') || ' '`,
      })),
  );
  it.each(columns)('finds a changed $column in $table', ({ table, column, change }) => {
    const [key] = PROJECTIONS.find((one) => one.table === table)?.key ?? [];
    const row = table === 'rooms' || table === 'counts' ? '' : ` ORDER BY ${key} LIMIT 1`;
    const target = databaseOf(log).prepare(`SELECT * FROM ${table}${row}`).get() as Record<string, unknown>;
    const keys = PROJECTIONS.find((one) => one.table === table)?.key ?? [];
    const where = keys.map((name) => `${name} = ?`).join(' AND ');
    const found = afterTampering(log, `UPDATE ${table} SET ${column} = ${change} WHERE ${where}`, ...keys.map((name) => target[name]));
    expect(found.join('\n')).toContain(`${table} `);
  });

  it.each(PROJECTIONS)('finds a row that is missing from $table, and one too many', ({ table, key }) => {
    expect(afterTampering(log, `DELETE FROM ${table}`)).not.toEqual([]);
    const names = databaseOf(log).prepare<[], string>(`SELECT name FROM pragma_table_info('${table}')`).pluck().all();
    const first = key.at(-1) ?? '';
    const copied = names.map((name) =>
      name === first ? `CASE typeof(${name}) WHEN 'integer' THEN ${name} + 9000 ELSE ${name} || 'x' END` : name,
    );
    const added = afterTampering(log, `INSERT INTO ${table} SELECT ${copied.join(', ')} FROM ${table} LIMIT 1`);
    expect(added.join('\n')).toContain('in the table, but not in the log');
  });

  it('names at most fifty differences and counts the rest', () => {
    const found = afterTampering(log, "UPDATE events SET actor = 'x'");
    expect(found).toHaveLength(51);
    expect(found.at(-1)).toMatch(/^and \d+ more$/);
  });
});
