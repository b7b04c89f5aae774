import { systemClock } from '../../src/clock.ts';
import { matrixTransport } from '../../transports/matrix/matrix.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { memoryState } from '../fakes/matrix/memory-state.ts';
import { notifiedBy, seenMessages } from '../fakes/matrix/room-view.ts';
import { describeTransport, type TransportHarness } from './transport-suite.ts';

const ROOM = '!room:example.org';

/** Ids go on over the servers of a test file, as they do on one real server. */
let started = 0;

async function matrix(): Promise<TransportHarness> {
  const server = new FakeHomeserver();
  await server.listen();
  server.createRoom(ROOM);
  for (let before = 0; before < started; before++) server.say(ROOM, 'said long before');
  started += 1;
  const errors: unknown[] = [];
  const transport = matrixTransport({
    homeserver: server.url,
    accessToken: server.accessToken,
    clock: systemClock(),
    state: memoryState(),
    rooms: [ROOM],
    inviters: ['@ada:example.org'],
    direct: true,
    cryptoDir: null,
    report: (error) => errors.push(error),
  });
  const seen = () => seenMessages(server.rooms.get(ROOM)?.events ?? [], server.me);
  return {
    transport,
    room: { transport: 'matrix', room: ROOM, thread: null },
    incoming: (text) => Promise.resolve(void server.say(ROOM, text)),
    redeliver: () => Promise.resolve(server.redeliver(ROOM)),
    shown: () =>
      Promise.resolve(
        seen()
          .map(({ text }) => text)
          .join('\n'),
      ),
    messages: () => Promise.resolve(seen().map(({ counted }) => counted)),
    notified: () => Promise.resolve(server.sentTo(ROOM).flatMap(notifiedBy)),
    disconnect: () => server.close(),
    reconnect: () => server.listen(),
    reported: () => errors,
    close: () => server.close(),
  };
}

describeTransport('matrix', matrix);
