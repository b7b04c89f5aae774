import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import type { Origin, RightsSettings } from '../../src/bot/rights/rights.ts';
import { makeDesk, makeWorld, type Answer, type Desk, type World } from './harness.ts';
import { commandName } from '../../src/words/described.ts';

const NOBODY = { admin: [], operator: [], viewer: [] };
const room = (id: string, project: string, roles: Partial<RightsSettings['roles']> = {}): RightsSettings['rooms'][number] => ({
  transport: 'slack',
  id,
  project,
  roles: { ...NOBODY, ...roles },
});

let desk: Desk;
let world: World | null = null;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
afterEach(close);
async function close(): Promise<void> {
  await world?.close();
  world = null;
}

const open = (rights: Partial<RightsSettings>): World => {
  const made = makeWorld(desk, {}, [], {
    roles: NOBODY,
    people: [{ name: 'anna', ids: ['slack:T1:U1', 'matrix:@anna:example.org'] }],
    projectRoles: ['shop', 'docs'].map((project) => ({ project, roles: NOBODY })),
    rooms: [room('SHOP', 'shop'), room('DOCS', 'docs')],
    ...rights,
  });
  made.make({ title: 'Fix the login' });
  made.make({ title: 'The secret plan' }, 'docs');
  world = made;
  return made;
};
const the = (): World => {
  if (world === null) throw new Error('no world');
  return world;
};
/** Anna, in a room of Slack. */
const says = (text: string, at = 'SHOP', ingress: Origin['ingress'] = 'mention', id = 'T1:U1', direct = false): Promise<Answer> =>
  the().say(text, {
    from: { sender: { transport: 'slack', id, name: 'Anna' }, at: { transport: 'slack', room: at, thread: null }, ingress, direct },
  });

/** Each command that an item of another project can be named to, with that item. */
const ELSEWHERE: Readonly<Record<string, string>> = Object.fromEntries(
  COMMANDS.flatMap((command) => {
    const items = Object.values(command.args).some(({ type, expects }) => type === 'item' || expects.includes('item number'));
    if (!items) return [];
    const example = command.examples.find((one) => /\b42\b/.test(one)) ?? '';
    return [[commandName(command), example.replace(/\b42\b/, 'docs#1')] as const];
  }),
);

describe('rights to another project', () => {
  it('are looked at for every command that takes an item', () => {
    expect(Object.keys(ELSEWHERE).length).toBeGreaterThan(15);
    expect(Object.values(ELSEWHERE).filter((text) => !text.includes('docs#1'))).toEqual([]);
  });

  it.each(Object.entries(ELSEWHERE))('are needed for %s of an item there, also by an admin of the room', async (_, text) => {
    open({ rooms: [room('SHOP', 'shop', { admin: ['anna'] })] });
    const before = the().log.reads.lastSeq();
    const answer = await says(text);
    expect(answer).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(answer.text).toMatch(/needs the role \w+ in docs; you have none/);
    expect(answer.text).not.toContain('secret plan');
    // One row in the audit, and nothing else.
    expect(
      the()
        .log.reads.events(before, 10)
        .map(({ kind }) => kind),
    ).toEqual(['command.handled']);
  });

  it('are enough of a role, not any', async () => {
    open({
      rooms: [room('SHOP', 'shop', { admin: ['anna'] })],
      projectRoles: [
        { project: 'shop', roles: NOBODY },
        { project: 'docs', roles: { ...NOBODY, viewer: ['anna'] } },
      ],
    });
    expect((await says('show docs#1')).text).toContain('The secret plan');
    expect(await says('start docs#1')).toMatchObject({ ok: false, code: 'not-allowed' });
    expect((await says('start docs#1')).text).toContain('needs the role operator in docs; you are viewer');
    expect(await says('depends 1 on docs#1')).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(await says('start 1')).toMatchObject({ ok: true });
  });

  it('count from a room of another project, by a right to the project', async () => {
    open({
      projectRoles: [
        { project: 'shop', roles: { ...NOBODY, operator: ['anna'] } },
        { project: 'docs', roles: NOBODY },
      ],
    });
    expect(await says('edit shop#1 title Mend the login', 'DOCS')).toMatchObject({ ok: true });
    expect(the().item(1).title).toBe('Mend the login');
    expect(await says('create story In docs', 'DOCS')).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(await says('status', 'DOCS')).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(the().log.reads.lastNumber('docs')).toBe(1);
  });

  it('cannot be had by making the room speak of it', async () => {
    open({ rooms: [room('SHOP', 'shop', { admin: ['anna'] })] });
    expect(await says('project docs')).toMatchObject({ ok: false, code: 'not-allowed' });
    // Somebody with a right to both does it: the room's admin has none to what it speaks of now, and keeps those to its own.
    await close();
    open({ roles: { ...NOBODY, operator: ['slack:T1:U2'] }, rooms: [room('SHOP', 'shop', { admin: ['anna'] })] });
    expect(await says('project docs', 'SHOP', 'mention', 'T1:U2')).toMatchObject({ ok: true });
    expect(await says('show 1')).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(await says('show shop#1')).toMatchObject({ ok: true });
  });

  it('are not enough to take a room away from its project', async () => {
    open({
      projectRoles: [
        { project: 'shop', roles: NOBODY },
        { project: 'docs', roles: { ...NOBODY, operator: ['anna'] } },
      ],
    });
    const answer = await says('project docs', 'SHOP');
    expect(answer).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(answer.text).toContain('in shop');
  });

  it('decide what lists show', async () => {
    open({ rooms: [room('SHOP', 'shop', { operator: ['anna'] })] });
    expect((await says('project')).text).not.toContain('docs');
    expect((await says('cost')).text).not.toContain('docs');
  });

  it('are none in a direct message, unless the configuration says so', async () => {
    open({ roles: { ...NOBODY, admin: ['anna'] } });
    expect(await says('status', 'D1', 'direct')).toMatchObject({ ok: false, code: 'no-rights' });
    await close();
    open({ roles: { ...NOBODY, admin: ['anna'] }, directMessages: true });
    expect(await says('status', 'D1', 'direct')).toMatchObject({ ok: true });
    // Buttons, reactions and slash commands come from there as well.
    for (const ingress of ['slash', 'button', 'reaction'] as const) {
      expect(await says('status', 'D1', ingress, 'T1:U1', true)).toMatchObject({ ok: true });
      expect(await says('status', 'D1', ingress, 'T1:U1', false)).toMatchObject({ ok: false, code: 'room-not-served' });
    }
  });
});

describe('completion', () => {
  const typing = (line: string, at: string, id = 'T1:U1'): string[] =>
    the().complete(line, {
      sender: { transport: 'slack', id, name: 'Anna' },
      at: { transport: 'slack', room: at, thread: null },
      ingress: 'slash',
    });

  it('shows titles of projects that one may see, and nothing to a stranger', () => {
    open({ rooms: [room('SHOP', 'shop', { viewer: ['anna'] }), room('DOCS', 'docs')] });
    expect(typing('show ', 'SHOP')).toEqual(['1 Fix the login']);
    expect(typing('show docs#', 'SHOP')).toEqual([]);
    expect(typing('show ', 'DOCS')).toEqual([]);
    expect(typing('show ', 'SHOP', 'T1:U9')).toEqual([]);
    expect(typing('', 'SHOP', 'T1:U9')).toEqual([]);
  });

  it('shows commands that one may use', () => {
    open({ rooms: [room('SHOP', 'shop', { viewer: ['anna'] })] });
    expect(typing('st', 'SHOP')).toEqual(['status', 'status label']);
  });
});

describe('whoami', () => {
  it('says the ids, the rights to each project that one may see, and where they come from', async () => {
    open({
      roles: { ...NOBODY, viewer: ['anna'] },
      rooms: [room('SHOP', 'shop', { operator: ['slack:T1:U1'] })],
    });
    const { text } = await says('whoami');
    expect(text).toMatch(/Id\s+slack:T1:U1/);
    expect(text).toMatch(/Person\s+anna, also matrix:@anna:example\.org/);
    expect(text).toMatch(/Room\s+slack:SHOP, project shop/);
    expect(text).toMatch(/In shop\s+viewer, from \[roles\]; operator, from this room’s \[\[room\]\]/);
    expect(text).toMatch(/In docs\s+viewer, from \[roles\]/);
    expect(text).toContain('admin = ["anna"]');
  });

  it('names no project to which one has no right', async () => {
    open({ rooms: [room('SHOP', 'shop', { admin: ['anna'] })] });
    const { text } = await says('whoami');
    expect(text).toMatch(/In shop\s+admin/);
    expect(text).not.toContain('docs');
    expect(text).not.toContain('To make you');
  });

  it('answers in a room of a project to which one has no right', async () => {
    open({
      projectRoles: [
        { project: 'shop', roles: { ...NOBODY, viewer: ['slack:T1:U1'] } },
        { project: 'docs', roles: NOBODY },
      ],
      people: [],
    });
    const { text } = await says('whoami', 'DOCS');
    expect(text).toMatch(/In docs\s+no role/);
    expect(text).toMatch(/In shop\s+viewer, from its \[\[project\]\]/);
    expect(text).toContain('viewer = ["slack:T1:U1"]');
  });
});
