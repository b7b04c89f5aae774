import { describe, expect, it } from 'vitest';
import { rightsFrom, type Origin, type RightsSettings } from '../../src/bot/rights.ts';
import { INGRESS_KINDS } from '../../src/message/address.ts';

const NOBODY = { admin: [], operator: [], viewer: [] };
const room = (id: string, roles: Partial<RightsSettings['roles']> = {}): RightsSettings['rooms'][number] => ({
  transport: 'slack',
  id,
  project: 'shop',
  notify: ['stages'],
  quietHours: null,
  roles: { ...NOBODY, ...roles },
});
const settings = (more: Partial<RightsSettings> = {}): RightsSettings => ({
  roles: NOBODY,
  directMessages: false,
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
    expect(rights.roleOf(from('T1:U1'))).toBe('operator');
    expect(rights.roleOf(from('T1:U9'))).toBe('viewer');
    // Shown as “Anna” too, but somebody else.
    expect(rights.roleOf(from('T1:U2'))).toBeNull();
    expect(rights.roleOf(from('anna'))).toBeNull();
    expect(rights.roleOf(from('Anna'))).toBeNull();
  });

  it('do not follow a name to another server or network', () => {
    const rights = rightsFrom(
      settings({
        roles: { ...NOBODY, admin: ['matrix:@anna:example.org'] },
        people: [],
        rooms: [{ ...room('!r'), transport: 'matrix' }, room('!r')],
      }),
    );
    expect(rights.roleOf(from('@anna:example.org', '!r', 'mention', 'matrix'))).toBe('admin');
    expect(rights.roleOf(from('@anna:evil.example', '!r', 'mention', 'matrix'))).toBeNull();
    expect(rights.roleOf(from('@anna:example.org', '!r', 'mention', 'slack'))).toBeNull();
    const crossed = { ...from('@anna:example.org', '!r', 'mention', 'matrix'), at: { transport: 'slack', room: '!r', thread: null } };
    expect(rights.roleOf(crossed)).toBeNull();
  });

  it('of a room hold in that room alone', () => {
    const rights = rightsFrom(settings({ rooms: [room('C1', { operator: ['anna'] }), room('C2')] }));
    expect(rights.roleOf(from('T1:U1', 'C1'))).toBe('operator');
    expect(rights.roleOf(from('T1:U1', 'C2'))).toBeNull();
  });

  it('of a room add to those that hold everywhere, and never take away', () => {
    const rights = rightsFrom(
      settings({ roles: { ...NOBODY, operator: ['anna'] }, rooms: [room('C1', { viewer: ['anna'] }), room('C2', { admin: ['anna'] })] }),
    );
    expect(rights.roleOf(from('T1:U1', 'C1'))).toBe('operator');
    expect(rights.roleOf(from('T1:U1', 'C2'))).toBe('admin');
  });

  it.each(INGRESS_KINDS.filter((kind) => kind !== 'terminal'))('are none in a room that is not configured, by %s', (ingress) => {
    const rights = rightsFrom(settings({ roles: { ...NOBODY, admin: ['anna'] } }));
    expect(rights.roleOf(from('T1:U1', 'C9', ingress))).toBeNull();
  });

  it('count in direct messages only where that is configured, and rights of rooms never do', () => {
    const rooms = [room('C1', { admin: ['anna'] })];
    const roles = { ...NOBODY, operator: ['anna'] };
    expect(rightsFrom(settings({ roles, rooms })).roleOf(from('T1:U1', 'D1', 'direct'))).toBeNull();
    expect(rightsFrom(settings({ roles, rooms, directMessages: true })).roleOf(from('T1:U1', 'D1', 'direct'))).toBe('operator');
  });

  it('make one actor of a person on all networks', () => {
    const rights = rightsFrom(settings());
    expect(rights.actorOf({ transport: 'slack', id: 'T1:U1', name: 'x' })).toBe('person:anna');
    expect(rights.actorOf({ transport: 'matrix', id: '@anna:example.org', name: 'y' })).toBe('person:anna');
    expect(rights.actorOf({ transport: 'slack', id: 'T1:U2', name: 'anna' })).toBe('slack:T1:U2');
  });
});
