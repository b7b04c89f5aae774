import { describe, expect, it } from 'vitest';
import { idsForDirect, rightsFrom, type Origin, type RightsSettings } from '../../src/bot/rights/rights.ts';
import { INGRESS_KINDS } from '../../src/message/address.ts';

const NOBODY = { admin: [], operator: [], viewer: [] };
const room = (id: string, roles: Partial<RightsSettings['roles']> = {}): RightsSettings['rooms'][number] => ({
  transport: 'slack',
  id,
  project: 'shop',
  roles: { ...NOBODY, ...roles },
});
const ofProject = (project: string, roles: Partial<RightsSettings['roles']> = {}) => ({ project, roles: { ...NOBODY, ...roles } });
const settings = (more: Partial<RightsSettings> = {}): RightsSettings => ({
  roles: NOBODY,
  projectRoles: [ofProject('shop'), ofProject('docs')],
  directMessages: false,
  twoPerson: [],
  people: [{ name: 'anna', ids: ['slack:T1:U1', 'matrix:@anna:example.org'] }],
  rooms: [room('C1'), room('C2')],
  ...more,
});
const from = (id: string, at = 'C1', ingress: Origin['ingress'] = 'mention', transport = 'slack'): Origin => ({
  sender: { transport, id, name: 'Anna' },
  at: { transport, room: at, thread: null },
  ingress,
});

describe('rights', () => {
  it('are given by the stable id or by the name of a configured person, never by the name shown', () => {
    const rights = rightsFrom(settings({ roles: { ...NOBODY, operator: ['anna'], viewer: ['slack:T1:U9'] } }));
    expect(rights.roleIn(from('T1:U1'), 'shop')).toBe('operator');
    expect(rights.roleIn(from('T1:U9'), 'shop')).toBe('viewer');
    // Shown as “Anna” too, but somebody else.
    expect(rights.roleIn(from('T1:U2'), 'shop')).toBeNull();
    expect(rights.roleIn(from('anna'), 'shop')).toBeNull();
    expect(rights.roleIn(from('Anna'), 'shop')).toBeNull();
  });

  it('do not follow a name to another server or network', () => {
    const rights = rightsFrom(
      settings({
        roles: { ...NOBODY, admin: ['matrix:@anna:example.org'] },
        people: [],
        rooms: [{ ...room('!r'), transport: 'matrix' }, room('!r')],
      }),
    );
    expect(rights.roleIn(from('@anna:example.org', '!r', 'mention', 'matrix'), 'shop')).toBe('admin');
    expect(rights.roleIn(from('@anna:evil.example', '!r', 'mention', 'matrix'), 'shop')).toBeNull();
    expect(rights.roleIn(from('@anna:example.org', '!r', 'mention', 'slack'), 'shop')).toBeNull();
    const crossed = { ...from('@anna:example.org', '!r', 'mention', 'matrix'), at: { transport: 'slack', room: '!r', thread: null } };
    expect(rights.roleIn(crossed, 'shop')).toBeNull();
  });

  it('of a room hold in that room alone', () => {
    const rights = rightsFrom(settings({ rooms: [room('C1', { operator: ['anna'] }), room('C2')] }));
    expect(rights.roleIn(from('T1:U1', 'C1'), 'shop')).toBe('operator');
    expect(rights.roleIn(from('T1:U1', 'C2'), 'shop')).toBeNull();
  });

  it('of a room add to those that hold everywhere, and never take away', () => {
    const rights = rightsFrom(
      settings({ roles: { ...NOBODY, operator: ['anna'] }, rooms: [room('C1', { viewer: ['anna'] }), room('C2', { admin: ['anna'] })] }),
    );
    expect(rights.roleIn(from('T1:U1', 'C1'), 'shop')).toBe('operator');
    expect(rights.roleIn(from('T1:U1', 'C2'), 'shop')).toBe('admin');
  });

  it.each(INGRESS_KINDS.filter((kind) => kind !== 'terminal'))('are none in a room that is not configured, by %s', (ingress) => {
    const rights = rightsFrom(settings({ roles: { ...NOBODY, admin: ['anna'] } }));
    expect(rights.roleIn(from('T1:U1', 'C9', ingress), 'shop')).toBeNull();
  });

  it('count in direct messages only where that is configured, and rights of rooms never do', () => {
    const rooms = [room('C1', { admin: ['anna'] })];
    const roles = { ...NOBODY, operator: ['anna'] };
    expect(rightsFrom(settings({ roles, rooms })).roleIn(from('T1:U1', 'D1', 'direct'), 'shop')).toBeNull();
    expect(rightsFrom(settings({ roles, rooms, directMessages: true })).roleIn(from('T1:U1', 'D1', 'direct'), 'shop')).toBe('operator');
  });

  it('of a project hold for that project alone, from every room that is served', () => {
    const projectRoles = [ofProject('shop', { operator: ['anna'] }), ofProject('docs')];
    const rights = rightsFrom(settings({ projectRoles, rooms: [room('C1'), { ...room('C2'), project: 'docs' }] }));
    for (const at of ['C1', 'C2']) {
      expect(rights.roleIn(from('T1:U1', at), 'shop')).toBe('operator');
      expect(rights.roleIn(from('T1:U1', at), 'docs')).toBeNull();
      expect(rights.highest(from('T1:U1', at))).toBe('operator');
    }
    expect(rights.highest(from('T1:U1', 'C9'))).toBeNull();
    expect(rights.highest(from('T1:U1', 'D1', 'direct'))).toBeNull();
  });

  it('of a room hold for the project that the configuration gives it, not for another', () => {
    const rights = rightsFrom(settings({ rooms: [room('C1', { admin: ['anna'] })] }));
    expect(rights.roleIn(from('T1:U1'), 'shop')).toBe('admin');
    expect(rights.roleIn(from('T1:U1'), 'docs')).toBeNull();
  });

  it('of a project that is not configured are none, also for an admin of all', () => {
    expect(rightsFrom(settings({ roles: { ...NOBODY, admin: ['anna'] } })).roleIn(from('T1:U1'), 'gone')).toBeNull();
  });

  it('say what they come from', () => {
    const projectRoles = [ofProject('shop', { operator: ['anna'] })];
    const rights = rightsFrom(settings({ roles: { ...NOBODY, viewer: ['anna'] }, projectRoles, rooms: [room('C1', { admin: ['anna'] })] }));
    expect(rights.grants(from('T1:U1'), 'shop')).toEqual([
      { role: 'viewer', by: 'roles' },
      { role: 'operator', by: 'project' },
      { role: 'admin', by: 'room' },
    ]);
  });

  it('make one actor of a person on all networks', () => {
    const rights = rightsFrom(settings());
    expect(rights.actorOf({ transport: 'slack', id: 'T1:U1', name: 'x' })).toBe('person:anna');
    expect(rights.actorOf({ transport: 'matrix', id: '@anna:example.org', name: 'y' })).toBe('person:anna');
    expect(rights.actorOf({ transport: 'slack', id: 'T1:U2', name: 'anna' })).toBe('slack:T1:U2');
  });
});

it('a person is asked alone only under ids that may decide about the project in a direct message', () => {
  const given = (more: Partial<RightsSettings>): string[] => idsForDirect(rightsFrom(settings(more)), 'anna', 'shop');
  const operator = { ...NOBODY, operator: ['anna'] };
  expect(given({ roles: operator, directMessages: true })).toEqual(['slack:T1:U1', 'matrix:@anna:example.org']);
  expect(given({ roles: operator })).toEqual([]);
  expect(given({ roles: { ...NOBODY, viewer: ['anna'] }, directMessages: true })).toEqual([]);
  expect(given({ projectRoles: [ofProject('shop'), ofProject('docs', operator)], directMessages: true })).toEqual([]);
  expect(given({ roles: { ...NOBODY, operator: ['matrix:@anna:example.org'] }, directMessages: true })).toEqual([
    'matrix:@anna:example.org',
  ]);
});
