import { titleOfNetwork } from '../../src/app/networks.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchAbsences } from '../../src/notices/absence.ts';
import { Log } from '../../src/log/log.ts';
import { line } from '../../src/message/build.ts';
import { plainText } from '../../src/message/plain.ts';
import { testClock, type TestClock } from '../commands/harness.ts';
import type { NetworkState } from '../../src/decide/network-state.ts';
import type { RoomState } from '../../src/decide/room-state.ts';

const MINUTE = 60_000;
const roomOf = (transport: string, id: string, more: Partial<RoomState> = {}): RoomState => ({
  transport,
  id,
  name: `${transport}:${id}`,
  project: 'shop',
  notify: ['stages'],
  style: 'messages',
  hasThreads: true,
  hasEdits: true,
  quietHours: null,
  saidBy: 'file',
  said: { notify: null, style: null },
  ...more,
});
const ROOMS = [
  roomOf('console', 'local', { project: null }),
  roomOf('matrix', '!a'),
  roomOf('matrix', '!quiet', { notify: [] }),
  roomOf('slack', 'C1'),
  roomOf('slack', 'C2', { project: 'docs' }),
  roomOf('discord', '7'),
];

let clock: TestClock;
let log: Log;
let networks: Map<string, NetworkState>;
let watch: { stop(): void };

const become = (name: string, state: NetworkState['state'], problem: string | null = null): void => {
  networks.set(name, { name, isLocal: false, state, since: clock.now(), lastEvent: null, problem, waiting: 0, oldest: null, unsent: [] });
};
const start = (): void => {
  const parts = { networks: () => [...networks.values()], rooms: () => ROOMS, timezone: 'Europe/Berlin' };
  watch = watchAbsences({ log, clock, titleOf: titleOfNetwork, ...parts, onProblem: (_, error) => expect(error).toBeNull() });
};
/** Time passes in steps, so that each look has its turn. */
const pass = (ms: number): void => {
  for (let left = ms; left > 0; left -= 5_000) clock.move(Math.min(5_000, left));
};
const queue = (transport: string, room: string): void => {
  log.transaction((tx) => {
    tx.outbox.add({ to: { transport, room, thread: null }, kind: 'notice', body: line('news'), inbox: null, item: null }, tx.now);
  });
};
/** What was said in a room of absences. */
const said = (transport: string, room: string): string[] =>
  log.outbox
    .open(transport, room, 100)
    .map(({ body }) => plainText(body, { width: 500 }))
    .filter((text) => text !== 'news');

beforeEach(() => {
  clock = testClock();
  log = Log.inMemory(clock);
  networks = new Map();
  for (const name of ['console', 'matrix', 'slack', 'discord']) become(name, 'online');
  start();
});
afterEach(() => {
  watch.stop();
  log.close();
});

describe('a network that was away', () => {
  it('says so in its rooms when it is back, with the reason and what comes late', () => {
    pass(MINUTE);
    become('matrix', 'reconnecting', 'The homeserver does not answer.');
    pass(MINUTE);
    for (let n = 0; n < 3; n++) queue('matrix', '!a');
    pass(3 * MINUTE);
    become('matrix', 'online');
    pass(MINUTE);
    expect(said('matrix', '!a')).toEqual([
      expect.stringMatching(/Matrix from 14:06 to 14:10, for 4 min \(The homeserver does not answer\)\. 3 messages /),
    ]);
    expect(said('matrix', '!quiet')).toEqual([]);
    // Nobody else had to know.
    expect([...said('slack', 'C1'), ...said('console', 'local')]).toEqual([]);
    pass(60 * MINUTE);
    expect(said('matrix', '!a')).toHaveLength(1);
  });

  it('says nothing of a blip, and nothing of its first connection', () => {
    become('slack', 'starting');
    pass(20_000);
    become('slack', 'online');
    pass(5 * MINUTE);
    become('slack', 'reconnecting');
    pass(MINUTE);
    become('slack', 'online');
    pass(60 * MINUTE);
    expect(said('slack', 'C1')).toEqual([]);
  });

  it('is told while it lasts in the rooms of other networks that know the project, once, and when it is over', () => {
    become('matrix', 'reconnecting', 'no answer');
    become('discord', 'offline');
    pass(20 * MINUTE);
    const [gone] = said('slack', 'C1');
    expect(gone).toMatch(/^✗ Matrix .* since 14:05, for 5 min.* \(no answer\)/);
    expect(said('slack', 'C1')).toHaveLength(2);
    expect(said('console', 'local')).toEqual(said('slack', 'C1'));
    // Another project's room, and one that could not be told now.
    expect([...said('slack', 'C2'), ...said('discord', '7')]).toEqual([]);
    become('matrix', 'online');
    pass(MINUTE);
    expect(said('slack', 'C1').at(-1)).toBe('✓ Matrix is back after 20 min.');
  });

  it('does not repeat itself where it comes and goes', () => {
    for (let n = 0; n < 12; n++) {
      become('matrix', 'reconnecting');
      pass(6 * MINUTE);
      become('matrix', 'online');
      pass(MINUTE);
    }
    // In 84 minutes: at most one each hour, with its end; and one in ten minutes in its own rooms.
    expect(said('slack', 'C1').filter((text) => text.includes('can not be reached')).length).toBeLessThanOrEqual(2);
    expect(said('slack', 'C1').length).toBeLessThanOrEqual(4);
    expect(said('matrix', '!a').length).toBeLessThanOrEqual(8);
  });

  it('counts as away while it is back for seconds only', () => {
    become('matrix', 'reconnecting');
    for (let n = 0; n < 4; n++) {
      pass(90_000);
      become('matrix', 'online');
      pass(10_000);
      become('matrix', 'reconnecting');
    }
    become('matrix', 'online');
    pass(MINUTE);
    expect(said('matrix', '!a')).toHaveLength(1);
    expect(said('matrix', '!a')[0]).toContain('for 6 min');
  });

  it('is remembered over a restart, and what was told is not told again', () => {
    become('matrix', 'offline', 'The token was revoked.');
    pass(6 * MINUTE);
    expect(said('slack', 'C1')).toHaveLength(1);
    watch.stop();
    clock.move(10 * MINUTE);
    become('matrix', 'starting');
    start();
    pass(MINUTE);
    expect(said('slack', 'C1')).toHaveLength(1);
    become('matrix', 'online');
    pass(MINUTE);
    expect(said('matrix', '!a')[0]).toContain('from 14:05 to 14:22, for 17 min (The token was revoked).');
    expect(said('slack', 'C1').at(-1)).toContain('back after 17 min');
  });
});
