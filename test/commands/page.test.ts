import { encode } from 'uqr';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { imagesOf } from '../../src/message/build.ts';
import { digestOf } from '../../src/bot/page/links.ts';
import { sessionsOf } from '../../src/app/page/sessions.ts';
import type { RoomSettings } from '../../src/config/settings.ts';
import type { Sessions } from '../../transports/sessions.ts';
import { START, makeDesk, makeWorld, type Desk, type World } from './harness.ts';

const NOBODY = { admin: [], operator: [], viewer: [] };
const PEOPLE = { ...NOBODY, admin: ['test:admin'], operator: ['test:operator', 'test:lonely'], viewer: ['test:viewer'] };
const room = (
  transport: string,
  id: string,
  project: string,
  roles: RoomSettings['roles'] = NOBODY,
): Pick<RoomSettings, 'transport' | 'id' | 'project' | 'roles'> => ({
  transport,
  id,
  project,
  roles,
});
/** A room in which the viewer is more, and one of another project. */
const RIGHTS = {
  roles: PEOPLE,
  rooms: [
    room('test', 'lobby', 'shop'),
    room('test', 'den', 'shop', { ...NOBODY, operator: ['test:viewer'] }),
    room('test', 'annex', 'docs'),
  ],
} as Parameters<typeof makeWorld>[3];

let desk: Desk;
let world: World;
let sessions: Sessions;
beforeAll(async () => {
  desk = await makeDesk();
});
beforeEach(() => {
  world = makeWorld(desk, {}, [], RIGHTS);
  sessions = sessionsOf(world.log, world.clock, 'web');
});
afterEach(() => world.close());
afterAll(() => desk.remove());

const IN_ROOM = { ingress: 'mention', direct: false } as const;

/** Gets a link and opens it; gives the session. */
async function enter(options: Parameters<World['say']>[1] = {}): Promise<NonNullable<ReturnType<Sessions['enter']>>> {
  const { text } = await world.say('web', options);
  const entered = sessions.enter(/\/enter\/(\S{43})/.exec(text)?.[1] ?? '', 'Mozilla/5.0 (Linux; Android 15) Chrome/140.0');
  if (entered === null) throw new Error(`no link: ${text}`);
  return entered;
}

/** Says something on the page. */
function onPage(
  { session }: { readonly session: { readonly room: string; readonly sender: Parameters<typeof sessions.byRoom>[0] | object } },
  text: string,
): ReturnType<World['say']> {
  const at = { transport: 'web', room: session.room, thread: null };
  return world.say(text, { from: { at, sender: session.sender as never, ingress: 'button', direct: true } });
}

describe('web', () => {
  it('gives a link in a conversation that nobody else reads', async () => {
    const { ok, text } = await world.say('web');
    expect(ok).toBe(true);
    expect(text).toMatch(/^http:\/\/127\.0\.0\.1:7373\/enter\/[\w-]{43}\s/);
    expect(text).toContain('once');
  });

  it('gives none where others read along and nobody can be written to alone, and says what to do', async () => {
    const sender = { transport: 'test', id: 'lonely', name: 'Lonely' };
    const { ok, code, text } = await world.say('web', { from: { ...IN_ROOM, sender } });
    expect([ok, code]).toEqual([false, 'not-private']);
    expect(text).not.toContain('/enter/');
  });

  it('gives one in an answer that the asker alone sees', async () => {
    const { text } = await world.say('web', {
      from: { ...IN_ROOM, ingress: 'slash', at: { transport: 'test', room: 'lobby', thread: 'alone' } },
    });
    expect(text).toContain('/enter/');
  });

  it('adds the same link as a QR code where that is asked for', async () => {
    const { body, text } = await world.say('web --picture');
    const [image, ...more] = imagesOf(body);
    expect(more).toEqual([]);
    if (image?.picture.of !== 'code') throw new Error('It is no QR code.');
    const [, url = ''] = /^(\S+)/.exec(text) ?? [];
    expect(image.picture.rows).toEqual(encode(url, { ecc: 'M', border: 0 }).data.map((row) => row.map(Number).join('')));
    // Who does not see it has the link above it; the secret is read out to nobody.
    expect(image.alternative).not.toContain('/enter/');
    expect(imagesOf((await world.say('web')).body)).toEqual([]);
  });

  it('sends it to their private conversation, and only says so in the room', async () => {
    const { ok, text } = await world.say('web', { from: IN_ROOM });
    expect(ok).toBe(true);
    expect(text).not.toContain('/enter/');
    const sent = world.log.outbox.open('test', 'dm-of-test:operator', 10).map(({ body }) => JSON.stringify(body));
    expect(sent.filter((body) => body.includes('/enter/'))).toHaveLength(1);
  });

  it('is not for somebody without a role, nor for a routine', async () => {
    expect(await world.say('web', { from: { sender: { transport: 'test', id: 'nobody', name: 'Nobody' } } })).toMatchObject({ ok: false });
    expect(world.log.windows.takeLink(digestOf(''), START)).toBeNull();
  });
});

describe('a session', () => {
  it('acts under the name of its person, with their rights where they asked', async () => {
    const inLobby = await enter({ role: 'viewer', from: { ingress: 'slash', at: { transport: 'test', room: 'lobby', thread: 'alone' } } });
    const inDen = await enter({ role: 'viewer', from: { ingress: 'slash', at: { transport: 'test', room: 'den', thread: 'alone' } } });
    expect(await onPage(inLobby, 'create story Tea')).toMatchObject({ ok: false });
    expect(await onPage(inDen, 'create story Tea')).toMatchObject({ ok: true });
    expect(world.last(1).actor).toBe('test:viewer');
    expect((await onPage(inDen, 'whoami')).text).toContain('test:viewer');
  });

  it('speaks of the project of the room where it was asked for', async () => {
    world.make({ title: 'Of docs' }, 'docs');
    const { session } = await enter({ from: { ingress: 'slash', at: { transport: 'test', room: 'annex', thread: 'alone' } } });
    expect(
      world.bot.rights.behind({ sender: session.sender, at: { transport: 'web', room: session.room, thread: null }, ingress: 'button' })?.at
        .room,
    ).toBe('annex');
  });

  it('of another person gives no rights, whoever says so', async () => {
    const mine = await enter({ role: 'viewer' });
    const theirs = await enter({ role: 'admin' });
    const mixed = { session: { room: theirs.session.room, sender: mine.session.sender } };
    expect(await onPage(mixed, 'create story Tea')).toMatchObject({ ok: false });
    const invented = { session: { room: theirs.session.room, sender: { transport: 'web', id: 'test:nobody', name: 'admin' } } };
    expect(await onPage(invented, 'status')).toMatchObject({ ok: false });
  });

  it.each([
    ['revoked', (): Promise<unknown> => world.say('web revoke all')],
    ['not used for a week', (): unknown => world.clock.move(7 * 24 * 60 * 60_000)],
  ])('that was %s gives none any more, also to what was asked and not answered', async (_, end) => {
    const { session, secret } = await enter();
    const item = world.make({});
    expect((await onPage({ session }, `delete ${item}`)).text).toMatch(/yes/);
    await end();
    expect(sessions.bySecret(secret)).toBeNull();
    expect(await onPage({ session }, 'yes')).toMatchObject({ ok: false });
    expect(world.item(item).removal).toBeNull();
  });

  it('lasts while it is used, but no longer than thirty days', async () => {
    const { secret } = await enter();
    for (let day = 0; day < 29; day++) {
      world.clock.move(24 * 60 * 60_000);
      expect(sessions.bySecret(secret)).not.toBeNull();
    }
    world.clock.move(24 * 60 * 60_000);
    expect(sessions.bySecret(secret)).toBeNull();
  });

  it('keeps the time of its person’s timers when it ends: they are of the room where it was asked for', async () => {
    const { session } = await enter();
    world.make({});
    expect(await onPage({ session }, 'timer 1 15:30 start')).toMatchObject({ ok: true });
    expect(world.log.reads.timers.ofProject('shop')[0]?.from.at).toEqual({ transport: 'test', room: 'lobby', thread: null });
  });
});

describe('web sessions and web revoke', () => {
  it('show and end one’s own; admins of all projects those of everybody', async () => {
    await enter({ role: 'operator' });
    await enter({ role: 'viewer' });
    const own = await world.say('web sessions', { role: 'viewer' });
    expect(own.text).toContain('2 viewer, Chrome on Android');
    expect(own.text).not.toContain('operator,');
    expect((await world.say('web sessions', { role: 'admin' })).text).toContain('1 operator');
    expect(await world.say('web revoke 1', { role: 'viewer' })).toMatchObject({ ok: false, code: 'no-session' });
    expect(await world.say('web revoke 1', { role: 'admin' })).toMatchObject({ ok: true });
    expect(await world.say('web revoke all', { role: 'admin' })).toMatchObject({ ok: false, code: 'no-session' });
    expect((await world.say('web revoke all', { role: 'viewer' })).text).toBe('The session has ended.');
    expect((await world.say('web sessions', { role: 'admin' })).text).toContain('Nobody');
  });

  it('give no number twice', async () => {
    await enter();
    await world.say('web revoke 1');
    await enter();
    expect((await world.say('web sessions')).text).toContain('2 operator');
  });
});

describe('what is kept', () => {
  it('holds no secret of a link or a session', async () => {
    const { text } = await world.say('web');
    const token = /\/enter\/(\S{43})/.exec(text)?.[1] ?? '';
    const rows = JSON.stringify(world.log.windows.all(world.clock.now()));
    expect(rows).not.toContain(token);
    const entered = sessions.enter(token, 'x');
    expect(JSON.stringify(world.log.windows.all(world.clock.now()))).not.toContain(entered?.secret ?? 'none');
    expect(sessions.enter(token, 'x')).toBeNull();
  });

  it('loses the answers about an item with its purge', async () => {
    const { session } = await enter({ role: 'admin' });
    const item = world.make({ title: 'Blue teapot' });
    sessions.keep(session.room, 'k1', [{ blocks: [{ kind: 'paragraph', content: [{ kind: 'text', text: 'About Blue teapot.' }] }] }]);
    sessions.keep(session.room, 'k2', [{ blocks: [{ kind: 'paragraph', content: [{ kind: 'text', text: 'About all else.' }] }] }]);
    world.record(item, 'item.deleted', { purge: true });
    world.record(item, 'item.removed', { done: [], left: [] });
    world.record(item, 'item.purged', {});
    expect(
      sessions
        .answers(session.room)
        .map(({ body }) => JSON.stringify(body))
        .join('\n'),
    ).not.toContain('teapot');
    expect(sessions.answers(session.room)).toHaveLength(1);
  });
});
