import { NOBODY_KNOWN } from '../../transports/people.ts';
import { systemClock } from '../../src/clock.ts';
import { openSwitchboard } from '../fakes/dummy/switchboard.ts';
import { dummyTransport } from '../fakes/dummy/transport.ts';
import { memoryState } from '../transports/discord/fixture.ts';
import { describeTransport, type TransportHarness } from './transport-suite.ts';

const ROOM = 'line-7';

async function open(): Promise<TransportHarness> {
  const { board, close } = openSwitchboard('contract');
  board.rooms.add(ROOM);
  const errors: unknown[] = [];
  const transport = dummyTransport(board, {
    clock: systemClock(),
    state: memoryState(),
    rooms: [ROOM],
    directMessages: false,
    mayWriteDirect: () => false,
    people: NOBODY_KNOWN,
    catalogue: { commands: [], complete: () => [] },
    dataDir: '',
    inSharedCommit: (run) => Promise.resolve(run()),
    report: (error) => errors.push(error),
    page: () => Promise.reject(new Error('it has rooms of its own')),
  });
  const shown = (): string[] => board.shown.map(({ text, buttons }) => [text, ...buttons.map(({ label }) => label)].join('\n'));
  return {
    transport,
    room: { transport: 'dummy', room: ROOM, thread: null },
    incoming: (text) => Promise.resolve(board.say(ROOM, text)),
    replying: ({ id }, text) => Promise.resolve(board.say(ROOM, text, 'p-1', null, id)),
    underneath: ({ id }, text) => Promise.resolve(board.say(ROOM, text, 'p-1', id)),
    redeliver: () => Promise.resolve(board.redeliver()),
    shown: () => Promise.resolve(shown().join('\n')),
    messages: () => Promise.resolve(shown()),
    notified: () => Promise.resolve([]),
    disconnect: () => Promise.resolve(board.cut()),
    reconnect: () => Promise.resolve(board.mend()),
    reported: () => errors,
    close: () => Promise.resolve(close()),
  };
}

describeTransport('dummy', open, { files: 'the least that a network needs has none' });
