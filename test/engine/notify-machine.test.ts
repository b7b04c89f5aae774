import { actorName } from '../../src/pipeline/actor.ts';
import { expect, it } from 'vitest';
import { Log } from '../../src/log/log.ts';
import { plainText } from '../../src/message/plain.ts';
import { startNotify, type NotifiedRoom } from '../../src/notices/notify.ts';
import { projectSettings, testClock } from '../commands/harness.ts';
import { eventually } from '../eventually.ts';

const roomOf = (project: string, notify: NotifiedRoom['notify'] = ['failures']): NotifiedRoom => ({
  to: { transport: 'net', room: `${project} ${notify.join()}`, thread: null },
  project,
  notify,
  style: 'messages',
  buttons: false,
  pressable: false,
  notBefore: (now) => now,
});
const about = { project: 'shop', item: null, actor: 'musher', cause: null } as const;

it('tells of a limited account where agents use it and limits are wanted, and of a missing login and a failed backup where failures are', async () => {
  const log = Log.inMemory(testClock());
  const both = ['failures', 'limits'] as const;
  const rooms = [roomOf('shop', both), roomOf('docs', ['limits']), roomOf('other', both), roomOf('shop', ['merges']), roomOf('docs')];
  const sharing = (name: string): ReturnType<typeof projectSettings> => {
    const settings = projectSettings(name, `/${name}`);
    const accounts = name === 'other' ? [] : [{ name: 'main', env: {} }];
    const [agent] = settings.agents;
    return agent === undefined ? settings : { ...settings, agents: [{ ...agent, accounts }] };
  };
  const notify = startNotify({
    log,
    nameOf: actorName,
    settingsOf: sharing,
    roomsOf: (project) => rooms.filter((room) => room.project === project),
    allRooms: () => rooms,
    places: {
      isPrivate: ({ thread }) => thread === 'private',
      inPublic: (to) => ({ ...to, thread: null }),
      threadOf: ({ thread }) => thread,
    },
    timezone: 'UTC',
    onError: (error) => {
      throw error;
    },
  });
  log.transaction((tx) => {
    const limit = { until: 60_000, times: 1, news: true, others: [], earliest: null };
    tx.record({ ...about, kind: 'account.limited', payload: { account: 'main', ...limit } });
    tx.record({ ...about, kind: 'account.limited', payload: { account: 'shop/coder', ...limit } });
    tx.record({ ...about, kind: 'account.limited', payload: { account: 'main', ...limit, signIn: 'claude login' } });
    tx.record({ ...about, kind: 'log.backup_failed', payload: { why: 'no space left on device' } });
  });
  await eventually(() => expect(notify.position).toBe(log.reads.lastSeq()));
  const told = (room: string): string[] =>
    log.outbox.open('net', room, 100).map(({ body }) =>
      plainText(body, { width: 500 })
        .replace(/^\S (?:Account |The )(\S+ (?:is signed)?).*/, '$1')
        .trim(),
    );
  expect(rooms.map(({ to }) => told(to.room))).toEqual([
    ['main', 'shop/coder', 'main is signed', 'backup'],
    ['main'],
    ['backup'],
    [],
    ['main is signed', 'backup'],
  ]);
  notify.stop();
  log.close();
});

it('tells of a pause in the other rooms of the project, and not once more where its answer is read', async () => {
  const log = Log.inMemory(testClock());
  const rooms = [roomOf('shop'), roomOf('shop', ['failures', 'merges']), roomOf('docs')];
  const notify = startNotify({
    log,
    nameOf: actorName,
    settingsOf: (name) => projectSettings(name, `/${name}`),
    roomsOf: (project) => rooms.filter((room) => room.project === project),
    allRooms: () => rooms,
    places: {
      isPrivate: ({ thread }) => thread === 'private',
      inPublic: (to) => ({ ...to, thread: null }),
      threadOf: ({ thread }) => thread,
    },
    timezone: 'UTC',
    onError: (error) => {
      throw error;
    },
  });
  const pausedFrom = (id: string, thread: string | null): void =>
    log.transaction((tx) => {
      const at = { transport: 'net', room: 'shop failures', thread };
      const sender = { transport: 'net', id: 'ann', name: 'Ann' };
      const inbox = tx.inbox.receive({ id, at, sender, ingress: 'mention', text: 'pause' }, tx.now);
      const payload = { reason: 'we deploy.', until: null, how: 'stop', asked: 2 } as const;
      tx.record({ ...about, actor: 'person:Ann', cause: `inbox:${inbox}`, kind: 'project.paused', payload });
    });
  const told = (): number[] => rooms.map(({ to }) => log.outbox.open('net', to.room, 100).length);
  pausedFrom('m1', null);
  await eventually(() => expect(notify.position).toBe(log.reads.lastSeq()));
  expect(told()).toEqual([0, 1, 0]);
  // An answer that its asker alone sees tells the room nothing.
  pausedFrom('m2', 'private');
  await eventually(() => expect(notify.position).toBe(log.reads.lastSeq()));
  expect(told()).toEqual([1, 2, 0]);
  const [notice] = log.outbox.open('net', 'shop failures', 1);
  expect(notice === undefined ? '' : plainText(notice.body, { width: 500 })).toBe(
    '! shop is paused by Ann: we deploy. Nothing new starts. 2 runs stopped, the work is kept. `resume` lets work continue.',
  );
  log.transaction((tx) => void tx.record({ ...about, kind: 'project.resumed', payload: { why: 'time', since: tx.now - 3_600_000 } }));
  await eventually(() => expect(notify.position).toBe(log.reads.lastSeq()));
  expect(told()).toEqual([2, 3, 0]);
  notify.stop();
  log.close();
});
