import { People } from '../../src/log/tables/people.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { Confirmations } from '../../src/log/tables/confirmations.ts';
import { openDatabase, type Db } from '../../src/log/database.ts';
import { EventStore } from '../../src/log/events.ts';
import { Inbox } from '../../src/log/tables/inbox.ts';
import { migrate } from '../../src/log/schema/migrations.ts';
import { ButtonMessages } from '../../src/log/tables/button-messages.ts';
import { NOTHING_SECRET } from '../../src/redaction/redactor.ts';
import { Outbox } from '../../src/log/tables/outbox.ts';
import { Projector } from '../../src/log/projections/projector.ts';
import { Refusals } from '../../src/log/tables/refusals.ts';
import { TwoPersonQuestions } from '../../src/log/tables/two-person.ts';
import { Cards } from '../../src/log/tables/cards.ts';
import { Talk } from '../../src/log/search/talk.ts';
import { Threads } from '../../src/log/tables/threads.ts';
import { Reads } from '../../src/log/reads/reads.ts';
import { WindowMessages } from '../../src/log/tables/window-messages.ts';
import { Windows } from '../../src/log/tables/windows.ts';
import { NoticeCooldowns } from '../../src/log/tables/cooldowns.ts';

/** Tables of a row for each room, person or subscriber: reading all of one is no walk through history. */
const SMALL = new Set([
  'accounts',
  'outages',
  'pauses',
  'timers',
  'routines',
  'offers',
  'rooms',
  'subscriptions',
  'bases',
  'confirmations',
  'two_person',
  'told',
  'windows',
  'window_links',
  // At most 200 of each session.
  'window_messages',
  'cursors',
  'counts',
  'spend_total',
  'sqlite_sequence',
  // What the caller gives.
  'json_each',
  // Of a row for each open item that waits for a person: what is counted is what somebody is to do.
  'attention',
]);
/** Indexes that hold only what is open now. */
const OPEN_ONLY = new Set([
  'inbox_open',
  'inbox_open_of_sender',
  'outbox_open',
  'outbox_dead',
  'runs_open',
  'requests_open',
  'items_waking',
  'items_by_stage',
]);

/** All that the classes of the log prepare, caught on its way to the database. */
function preparedStatements(db: Db): string[] {
  const statements: string[] = [];
  const recording = {
    prepare(sql: string) {
      statements.push(sql);
      return db.prepare(sql);
    },
  } as unknown as Db;
  const events = new EventStore(recording);
  for (const part of [Inbox, Outbox, ButtonMessages, Talk]) void new part(recording, NOTHING_SECRET);
  for (const part of [Confirmations, TwoPersonQuestions, People, Refusals, Threads, NoticeCooldowns, Projector, Windows, WindowMessages])
    void new part(recording);
  void new Cards(recording, new Outbox(db, NOTHING_SECRET));
  void new Reads(recording, events);
  return statements;
}

/** The steps of a plan whose cost grows with the history: scans, and searches by nothing finer than the project. */
function growingSteps(db: Db, sql: string): string[] {
  const parameters = Array.from(sql.matchAll(/\?/g), () => null);
  const plan = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
  const firstRowsOnly = /FROM \w+ ORDER BY (?:seq DESC|id) LIMIT \d{1,5}(?:\)|$)/.test(sql);
  return plan
    .map((step) => step.detail)
    .filter((detail) => {
      const [, how, table = '', rest = ''] = /^(SCAN|SEARCH) (\w+)(.*)$/.exec(detail) ?? [];
      if (how === undefined || SMALL.has(table) || table === 'oldest') return false;
      // A look-up of words, or of one row, in an index of texts.
      if (/^ VIRTUAL TABLE INDEX \d+:.*[M=]/.test(rest)) return false;
      if (OPEN_ONLY.has(/USING (?:COVERING )?INDEX (\w+)/.exec(rest)?.[1] ?? '')) return false;
      return how === 'SCAN' ? !firstRowsOnly || (table === 'outbox' && sql.startsWith('DELETE FROM inbox')) : rest.endsWith('(project=?)');
    });
}

function emptyDatabase(): Db {
  const db = openDatabase(':memory:');
  migrate(db);
  return db;
}

describe('the statements of the log', () => {
  const db = emptyDatabase();
  const statements = preparedStatements(db);
  afterAll(() => db.close());

  it('are all looked at', () => {
    expect(statements.length).toBeGreaterThan(45);
  });

  it.each(statements)('never walk through a growing table: %s', (sql) => {
    expect(growingSteps(db, sql)).toEqual([]);
  });
});

describe('the look at a plan', () => {
  it('sees a scan, and a search that knows only the project', () => {
    const db = emptyDatabase();
    expect(growingSteps(db, 'SELECT * FROM events WHERE kind = ?')).toEqual(['SCAN events']);
    expect(growingSteps(db, 'SELECT * FROM runs NOT INDEXED WHERE project = ?')).toEqual(['SCAN runs']);
    expect(growingSteps(db, 'SELECT state FROM items WHERE project = ? AND execution = ?')).toHaveLength(1);
    db.close();
  });
});
