import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openDatabase, type Statement } from '../../src/log/database.ts';
import { Log } from '../../src/log/log.ts';
import { migrate } from '../../src/log/schema/migrations.ts';
import type { NewItemEvent } from '../../src/pipeline/events.ts';
import { projectHistory } from './history.ts';
import { median, perSecond, seconds, times, type Row } from './measure.ts';

/** A write as it went to the database. */
interface Write {
  readonly sql: string;
  readonly values: readonly unknown[];
}

const ROUNDS = 3;
const clock = { now: () => Date.now(), at: () => () => {} };

/** Appends with projections against the bare writes of the same rows, in the same transactions, with the same pragmas. */
export function benchAppend(dir: string): Row[] {
  return [
    { batch: 1, events: 3_000 },
    { batch: 100, events: 40_000 },
  ].map(({ batch, events }) => {
    const batches = inBatches(events, batch);
    const writes = recorded(batches);
    // In turns, and the middle of three, so that a busy moment of the machine does not decide.
    const rounds = Array.from({ length: ROUNDS }, (_, round) => ({
      floor: bare(join(dir, `bare-${batch}-${round}`), writes),
      musher: append(join(dir, `log-${batch}-${round}`), batches),
    }));
    const floor = median(rounds.map((round) => round.floor));
    const musher = median(rounds.map((round) => round.musher));
    return {
      what: `append + project, ${batch} a commit, against raw writes of the same rows`,
      floor: perSecond(events, floor),
      musher: perSecond(events, musher),
      ratio: times(floor / musher),
      goal: '≥ 0.25×',
      met: floor / musher >= 0.25,
    };
  });
}

function inBatches(events: number, size: number): NewItemEvent[][] {
  const history = projectHistory('shop');
  const all = Array.from({ length: events }, () => history.next().value as NewItemEvent);
  return Array.from({ length: Math.ceil(events / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}

function appendAll(log: Log, batches: readonly (readonly NewItemEvent[])[], afterEach: () => void): void {
  for (const batch of batches) {
    log.transaction((tx) => {
      for (const event of batch) tx.record(event);
    });
    afterEach();
  }
}

function append(dir: string, batches: readonly (readonly NewItemEvent[])[]): number {
  mkdirSync(dir);
  const log = Log.open(dir, clock);
  const time = seconds(() => appendAll(log, batches, () => {}));
  log.close();
  return time;
}

/** What appending writes, caught at the library: so the floor writes the same, whatever the log's SQL becomes. */
function recorded(batches: readonly (readonly NewItemEvent[])[]): Write[][] {
  const commits: Write[][] = [];
  let writes: Write[] = [];
  const prepare = Object.getOwnPropertyDescriptor(Database.prototype, 'prepare');
  if (prepare === undefined) throw new Error('better-sqlite3 has no prepare any more');
  const original = prepare.value as (sql: string) => Database.Statement;
  Database.prototype.prepare = function recording(this: Database.Database, sql: string) {
    const statement = original.call(this, sql);
    if (!/^\s*(?:INSERT|UPDATE|DELETE)/.test(sql)) return statement;
    const run: (...values: unknown[]) => Database.RunResult = statement.run.bind(statement);
    return Object.assign(statement, {
      run(...values: unknown[]) {
        writes.push({ sql, values });
        return run(...values);
      },
    });
  } as typeof Database.prototype.prepare;
  try {
    const log = Log.inMemory(clock);
    writes = [];
    appendAll(log, batches, () => {
      commits.push(writes);
      writes = [];
    });
    log.close();
  } finally {
    Object.defineProperty(Database.prototype, 'prepare', prepare);
  }
  return commits;
}

function bare(dir: string, commits: readonly (readonly Write[])[]): number {
  mkdirSync(dir);
  const db = openDatabase(join(dir, 'bare.sqlite'));
  migrate(db);
  const statements = new Map<string, Statement<unknown[], unknown>>();
  for (const { sql } of commits.flat()) if (!statements.has(sql)) statements.set(sql, db.prepare(sql));
  const commit = db.transaction((writes: readonly Write[]) => {
    for (const { sql, values } of writes) statements.get(sql)?.run(...values);
  });
  const time = seconds(() => {
    for (const writes of commits) commit.immediate(writes);
  });
  db.close();
  return time;
}
