import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { looksOf, readableName } from '../../src/decide/person-name.ts';
import { namesOf, type Names, type PeopleSettings } from '../../src/decide/people.ts';
import { Log } from '../../src/log/log.ts';
import { redactorFor } from '../../src/redaction/redactor.ts';
import { testClock } from '../commands/harness.ts';

const NOBODY = { admin: [], operator: [], viewer: [] };
const SETTINGS: PeopleSettings = {
  name: 'shopbot',
  people: [{ name: 'Anna', ids: ['slack:T1:U1', 'matrix:@anna:example.org'] }],
  roles: { admin: ['Anna'], operator: ['slack:T1:U2', 'slack:T1:U3'], viewer: [] },
  projectRoles: [{ project: 'shop', roles: { ...NOBODY, viewer: ['discord:77'] } }],
  rooms: [{ roles: { ...NOBODY, viewer: ['matrix:@eve:example.org'] } }],
  projects: [{ agents: [{ name: 'coder-1' }] }],
};

let log: Log;
let names: Names;

beforeEach(() => {
  log = Log.inMemory(testClock(), redactorFor(['tops3cretvalue']));
  names = namesOf(log, SETTINGS);
  onTestFinished(() => log.close());
});

const called = (name: string, person = 'slack:T1:U2'): string => {
  names.learn(person, name);
  return names.nameOf(person);
};

describe('how people are called', () => {
  it('is what the configuration says, then what their network says, then their id', () => {
    names.learn('slack:T1:U1', 'somebody else');
    names.learn('slack:T1:U2', 'Bob Miller');
    expect(['person:Anna', 'slack:T1:U1', 'slack:T1:U2', 'slack:T1:U3', 'agent:coder-1', 'musher'].map(names.nameOf)).toEqual([
      'Anna',
      'Anna',
      'Bob Miller',
      'T1:U3',
      'coder-1',
      'Musher',
    ]);
  });

  it('outlives a start, and changes when the network tells another name, or none', () => {
    names.learn('slack:T1:U2', 'Bob');
    const next = namesOf(log, SETTINGS);
    expect(next.nameOf('slack:T1:U2')).toBe('Bob');
    next.learn('slack:T1:U2', 'Bobby');
    expect(names.nameOf('slack:T1:U2')).toBe('Bobby');
    next.learn('slack:T1:U2', null);
    expect(names.nameOf('slack:T1:U2')).toBe('T1:U2');
  });

  it('is kept for everybody with a role, wherever that is given, and for nobody else', () => {
    for (const person of ['slack:T1:U2', 'discord:77', 'matrix:@eve:example.org', 'slack:T1:U9']) names.learn(person, `Name ${person}`);
    expect(log.people.get('discord:77')).not.toBeNull();
    expect(log.people.get('matrix:@eve:example.org')).not.toBeNull();
    expect(log.people.get('slack:T1:U9')).toBeNull();
  });

  it.each([
    ['a person of the configuration', 'Anna'],
    ['that one in capital letters', 'ANNA'],
    ['that one with Cyrillic letters', 'Аnnа'],
    ['that one with an accent and a dot', 'Ánna.'],
    ['that one with letters of no width', 'An\u200bna'],
    ['Musher', 'Musher'],
    ['Musher with more behind it', 'Mush\u00adеr bot'],
    ['the bot by its own name', 'shop bot'],
    ['an agent', 'Coder 1'],
    ['the id of somebody', 'T1:U3'],
    ['a name in two scripts', 'Вob'],
  ])('has the id beside it where it could be taken for %s', (_, name) => {
    expect(called(name)).toContain('(T1:U2)');
  });

  it('has the id beside both where two people bear one name', () => {
    names.learn('slack:T1:U2', 'Kim');
    expect(names.nameOf('slack:T1:U2')).toBe('Kim');
    names.learn('discord:77', 'kim');
    expect([names.nameOf('slack:T1:U2'), names.nameOf('discord:77')]).toEqual(['Kim (T1:U2)', 'kim (77)']);
  });

  it('cannot look as if it had an id of its own beside it, nor hold a secret', () => {
    expect(called('Anna (T1:U1)')).not.toContain('(T1:U1)');
    expect(called('tops3cretvalue')).not.toContain('tops3cretvalue');
  });

  it('is forgotten with what is purged, until the network tells it again', () => {
    const item = log.transaction((tx) => {
      names.nameOf('slack:T1:U2');
      return tx.nextNumber('shop');
    });
    names.learn('slack:T1:U2', 'Bob');
    names.learn('slack:T1:U3', 'Kim');
    const base = { project: 'shop', item, cause: null } as const;
    log.transaction((tx) => {
      tx.record({
        ...base,
        actor: 'slack:T1:U2',
        kind: 'item.created',
        payload: { type: 'story', title: 'one', description: '', criteria: [], dependsOn: [], qaMode: null },
      } as never);
      tx.record({ ...base, actor: 'musher', kind: 'item.deleted', payload: { purge: true } } as never);
    });
    log.transaction((tx) => tx.purge({ ...base, actor: 'musher', kind: 'item.purged', payload: {} } as never));
    expect(names.nameOf('slack:T1:U2')).toBe('T1:U2');
    expect(names.nameOf('slack:T1:U3')).toBe('Kim');
    names.learn('slack:T1:U2', 'Bob');
    expect(names.nameOf('slack:T1:U2')).toBe('Bob');
  });
});

describe('a name from outside', () => {
  it('is short, on one line, without anything unseen and without marks that mean something', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
        const name = readableName(given);
        if (name === null) return;
        expect(Array.from(name).length).toBeLessThanOrEqual(32);
        expect(name).not.toMatch(/[\p{C}\n()[\]<>`"]|^\s|\s$|^@/u);
        expect(name).toMatch(/[\p{L}\p{N}]/u);
        expect(readableName(name)).toBe(name);
      }),
    );
  });

  it.each([
    ['', null],
    ['\u202e\u200b', null],
    ['⠀ㅤ', null],
    ['...', null],
    ['@anna', 'anna'],
    ['José\u00a0 Núñez', 'José Núñez'],
    ['Z\u0301\u0301\u0301\u0301oe', 'Ź\u0301\u0301oe'],
    ['李小龍 🐉', '李小龍 🐉'],
    ['a'.repeat(40), `${'a'.repeat(31)}…`],
  ])('%j is shown as %j', (given, shown) => {
    expect(readableName(given)).toBe(shown);
  });

  it('looks the same as any other spelling that a reader can’t tell from it', () => {
    expect(new Set(['Billy', 'BILLY', 'ΒiIIу', 'bi11y', 'Bílly', 'B i l l y'].map(looksOf)).size).toBe(1);
  });
});
