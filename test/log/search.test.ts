import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Log } from '../../src/log/log.ts';
import { textQuery, type TextQuery } from '../../src/log/search/query.ts';
import { verifyAll } from '../../src/log/verify.ts';
import type { IncomingMessage } from '../../src/message/address.ts';
import type { ItemEventKind, ItemEvents } from '../../src/pipeline/events.ts';
import { eventOf } from '../../src/pipeline/kinds.ts';
import { redactorFor } from '../../src/redaction/redactor.ts';
import { num } from '../pipeline/samples.ts';
import { dataDir } from './data-dir.ts';
import { databaseOf } from './database-of.ts';
import { tickingClock } from './random-history.ts';

function query(typed: string): TextQuery {
  const made = textQuery(typed);
  if (made === null) throw new Error(`no word in ${typed}`);
  return made;
}

function create(log: Log, title: string, more: Partial<ItemEvents['item.created']> = {}, project = 'shop'): void {
  log.transaction((tx) => {
    const payload = { type: 'story', title, description: '', criteria: [], dependsOn: [], qaMode: null, ...more } as const;
    tx.record(eventOf('item.created', payload, { project, number: tx.nextNumber(project) }, 'console:ann'));
  });
}
function record<K extends ItemEventKind>(log: Log, item: number, kind: K, payload: ItemEvents[K], project = 'shop'): void {
  log.transaction((tx) => tx.record(eventOf(kind, payload, { project, number: num(item) }, 'console:ann')));
}
function purge(log: Log, item: number): void {
  record(log, item, 'item.deleted', { purge: true });
  log.transaction((tx) => {
    const event = { project: 'shop', item: num(item), actor: 'musher', cause: null, kind: 'item.purged', payload: {} } as const;
    expect(tx.purge(event).ok).toBe(true);
  });
}

/** The items in which it is found, the best first. */
function found(log: Log, typed: string, projects = ['shop']): string[] {
  return log.reads.texts
    .find(query(typed), projects)
    .items.map(({ project, item }) => (project === 'shop' ? `${item}` : `${project}#${item}`));
}

function message(text: string, room = 'lobby', about?: IncomingMessage['about']): IncomingMessage {
  return {
    id: text,
    at: { transport: 'console', room, thread: null },
    sender: { transport: 'console', id: 'ann', name: 'Ann' },
    ingress: 'mention',
    text,
    ...(about === undefined ? {} : { about }),
  };
}

describe('a search', () => {
  it('finds each kind of text of an item, without case and accents, and by the beginning of a word', () => {
    const log = Log.inMemory(tickingClock());
    create(log, 'Pay at the Café', { description: 'Authentication first', criteria: [{ text: 'No charge is lost', checked: false }] });
    create(log, 'Something else');
    record(log, 1, 'item.commented', { text: 'the key is in the vault' });
    record(log, 1, 'item.told', { text: 'use the legacy endpoint' });
    record(log, 1, 'item.held', { why: 'waiting for legal' });
    for (const typed of ['cafe', 'CAFÉ', 'authentic', 'charg', 'vault', 'legacy endp', 'legal', '"legacy endpoint"'])
      expect([typed, found(log, typed)]).toEqual([typed, ['1']]);
    for (const typed of ['endpoint-legacy', '"endpoint legacy"', 'aulting', 'musher'])
      expect([typed, found(log, typed)]).toEqual([typed, []]);
    log.close();
  });

  it('wants all words of an item, wherever they are, and otherwise offers what has some of them', () => {
    const log = Log.inMemory(tickingClock());
    create(log, 'Login with SSO');
    record(log, 1, 'item.commented', { text: 'the vault has it' });
    create(log, 'Vault rotation');
    expect(found(log, 'login vault')).toEqual(['1']);
    expect(log.reads.texts.find(query('rotation login nowhere'), ['shop'])).toMatchObject({
      some: true,
      items: [{ item: 2 }, { item: 1 }],
    });
    log.close();
  });

  it('puts a title before other texts, and the newer of two alike first', () => {
    const log = Log.inMemory(tickingClock());
    create(log, 'Timeouts of the shop');
    create(log, 'Cart', { description: 'a timeout happens' });
    create(log, 'Basket', { description: 'a timeout happens' });
    expect(found(log, 'timeout')).toEqual(['1', '3', '2']);
    log.close();
  });

  it('finds a title behind any number of newer texts with the word', () => {
    const log = Log.inMemory(tickingClock());
    create(log, 'Gateway');
    create(log, 'Other');
    for (let n = 0; n < 1_100; n++) record(log, 2, 'item.commented', { text: `gateway ${n}` });
    expect(found(log, 'gateway')).toContain('1');
    log.close();
  });

  it('stays within the projects that are asked for', () => {
    const log = Log.inMemory(tickingClock());
    create(log, 'Login here');
    create(log, 'Login there', {}, 'docs');
    expect(found(log, 'login', ['shop'])).toEqual(['1']);
    expect(found(log, 'login', ['docs'])).toEqual(['docs#1']);
    expect(found(log, 'login', [])).toEqual([]);
    log.close();
  });

  it('follows what is edited, and forgets what is taken back', () => {
    const log = Log.inMemory(tickingClock());
    create(log, 'Old name', { description: 'kept' });
    record(log, 1, 'item.edited', { field: 'title', value: 'New name', prior: 'Old name' });
    record(log, 1, 'item.told', { text: 'use mongo' });
    const told = log.reads.lastSeq();
    expect([found(log, 'old'), found(log, 'new'), found(log, 'kept'), found(log, 'mongo')]).toEqual([[], ['1'], ['1'], ['1']]);
    record(log, 1, 'item.told', { text: '', takesBack: told });
    expect(found(log, 'mongo')).toEqual([]);
    expect(verifyAll(databaseOf(log)).differences).toEqual([]);
    log.close();
  });

  it('undoes with the part of a transaction that is undone', () => {
    const log = Log.inMemory(tickingClock());
    create(log, 'First');
    log.transaction((tx) => {
      try {
        tx.attempt(() => {
          tx.record(eventOf('item.commented', { text: 'zebra' }, { project: 'shop', number: num(1) }, 'console:ann'));
          throw new Error('undone');
        });
      } catch {
        // As meant.
      }
    });
    expect(found(log, 'zebra')).toEqual([]);
    expect(verifyAll(databaseOf(log)).differences).toEqual([]);
    log.close();
  });

  it.each([
    'AND',
    'NOT',
    'login AND',
    'NEAR(login vault)',
    'title:login',
    '-login',
    'login*',
    '*',
    '"',
    '""',
    '"login',
    "'; DROP TABLE texts; --",
    '(',
    '^login',
    '{title}:x',
    'a + b',
    '🎉',
    '🎉 login',
    '\0',
    'lo\0gin',
    '\ud800',
    '日本語',
    'x'.repeat(10_240),
    'word '.repeat(2_048),
    `${'"'.repeat(5_000)}a`,
  ])('takes what is typed as words and never as syntax: %j', (typed) => {
    const log = Log.inMemory(tickingClock());
    create(log, 'Login');
    const made = textQuery(typed);
    expect(made === null || log.reads.texts.find(made, ['shop']).items.length >= 0).toBe(true);
    expect(found(log, 'login')).toEqual(['1']);
    log.close();
  });

  it('takes any text as words', () => {
    const log = Log.inMemory(tickingClock());
    create(log, 'Login');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom('"', "'", '*', '-', '(', ')', ':', ' ', 'a', 'OR ', 'NEAR(', '“', '”') }),
        ),
        (typed) => {
          const made = textQuery(typed);
          expect(made === null ? 0 : log.reads.texts.find(made, ['shop']).items.length).toBeLessThan(2);
        },
      ),
      { numRuns: 500 },
    );
    log.close();
  });

  it('reads again what it kept of a query', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '“', '”', '-', ' ', 'a', 'B', 'é') }), (typed) => {
        const made = textQuery(typed);
        const again = made === null ? null : textQuery(made.words);
        expect(again?.all).toBe(made?.all);
      }),
    );
  });

  it('shows of each item its own text, and nothing of a project that was not asked for', () => {
    const log = Log.inMemory(tickingClock());
    create(log, 'A secret card', {}, 'docs');
    create(log, 'Pay by card');
    create(log, 'Look into paying by card');
    const typed = query('card');
    const titles = log.reads.texts.find(typed, ['shop']).items.map(({ text }) =>
      log.reads.texts
        .shown(typed, text)
        ?.title.map((piece) => piece.text)
        .join(''),
    );
    expect(new Set(titles)).toEqual(new Set(['Pay by card', 'Look into paying by card']));
    log.close();
  });

  it('marks what it found, in a part of a long text', () => {
    const log = Log.inMemory(tickingClock());
    create(log, 'Long', { description: `${'before '.repeat(100)}needle${' after'.repeat(100)}` });
    const [hit] = log.reads.texts.find(query('needle'), ['shop']).items;
    const shown = log.reads.texts.shown(query('needle'), hit?.text ?? 0);
    expect(shown?.body.filter((piece) => piece.hit)).toEqual([{ text: 'needle', hit: true }]);
    expect(shown?.body.map(({ text }) => text).join('').length).toBeLessThan(150);
    expect(shown?.title).toEqual([]);
    log.close();
  });
});

describe('verify', () => {
  it('finds a word that is missing from the index, one too many, and one in another text', () => {
    for (const change of [
      "INSERT INTO texts_index (texts_index, rowid, title, body, criteria) VALUES ('delete', 1, 'Login', '', '')",
      "INSERT INTO texts_index (rowid, title, body, criteria) VALUES (1, 'extra', '', '')",
      `INSERT INTO texts_index (texts_index, rowid, title, body, criteria) VALUES ('delete', 1, 'Login', '', '');
       INSERT INTO texts_index (rowid, title, body, criteria) VALUES (2, 'Login', '', '')`,
    ]) {
      const log = Log.inMemory(tickingClock());
      create(log, 'Login');
      create(log, 'Other');
      databaseOf(log).exec(change);
      expect(verifyAll(databaseOf(log)).differences.join('\n')).toContain('texts_index');
      log.close();
    }
  });
});

describe('an older log', () => {
  it('has its texts filled in when it is opened, also where that was cut short', () => {
    const dir = dataDir();
    const first = Log.open(dir, tickingClock());
    create(first, 'Login');
    record(first, 1, 'item.commented', { text: 'vault' });
    create(first, 'Purged secret');
    purge(first, 2);
    databaseOf(first).exec(
      "DELETE FROM texts; INSERT INTO texts_index (texts_index) VALUES ('rebuild'); INSERT INTO cursors VALUES ('texts-due', 0)",
    );
    expect(found(first, 'login')).toEqual([]);
    first.close();
    const log = Log.open(dir, tickingClock());
    expect([found(log, 'login'), found(log, 'vault'), found(log, 'secret')]).toEqual([['1'], ['1'], []]);
    expect(verifyAll(databaseOf(log)).differences).toEqual([]);
    log.close();
  });
});

describe('what people said to Musher', () => {
  it('is found in the room where it was said and nowhere else, without secrets', () => {
    const log = Log.inMemory(tickingClock(), redactorFor(['hunter2hunter2']));
    log.talk.keep(1, message('where is the wiki? hunter2hunter2'), 5);
    const said = (typed: string, room: string): string[] =>
      log.talk.find(query(typed), { transport: 'console', room, thread: null }, 5).map(({ body }) => body.map(({ text }) => text).join(''));
    expect(said('wiki', 'lobby').join()).toContain('where is the wiki?');
    expect(said('wiki', 'other')).toEqual([]);
    expect(said('hunter2hunter2', 'lobby')).toEqual([]);
    log.close();
  });

  it('goes after a year, and not before', () => {
    const clock = { now: () => 400 * 86_400_000, at: () => () => {} };
    const log = Log.inMemory(clock);
    log.talk.keep(1, message('old wiki'), 20 * 86_400_000);
    log.talk.keep(2, message('new wiki'), 60 * 86_400_000);
    log.prune(0);
    const left = log.talk.find(query('wiki'), { transport: 'console', room: 'lobby', thread: null }, 5);
    expect(left.map(({ at }) => at)).toEqual([60 * 86_400_000]);
    log.close();
  });

  it('is taken away by a purge where it is about the item or names it, and leaves no byte', () => {
    const dir = dataDir();
    const log = Log.open(dir, tickingClock());
    create(log, 'Quokka project');
    log.talk.keep(1, message('is the quokka project done?'), 5);
    log.talk.keep(2, message('wombat wombat', 'lobby', { project: 'shop', number: num(1) }), 5);
    log.talk.keep(3, message('the numbat stays'), 5);
    purge(log, 1);
    log.scrub();
    const bytes = readdirSync(dir)
      .map((file) => readFileSync(join(dir, file), 'latin1').toLowerCase())
      .join('');
    expect(['quokka', 'wombat', 'numbat'].filter((word) => bytes.includes(word))).toEqual(['numbat']);
    log.close();
  });
});
