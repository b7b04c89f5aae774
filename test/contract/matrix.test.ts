import { systemClock } from '../../src/clock.ts';
import { matrixTransport } from '../../transports/matrix/matrix.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { memoryState } from '../fakes/matrix/memory-state.ts';
import { notifiedBy, seenMessages } from '../fakes/matrix/room-view.ts';
import { describeCards, type CardHarness } from './card-suite.ts';
import { describePictures, drawForTests, type PictureHarness } from './picture-suite.ts';
import { describeTransport } from './transport-suite.ts';
import { describeTrouble, type TroubleHarness } from './trouble-suite.ts';

const ROOM = '!room:example.org';
const OTHER = '!other:example.org';

/** Ids go on over the servers of a test file, as they do on one real server. */
let started = 0;

type Harness = TroubleHarness & CardHarness & PictureHarness;

async function matrix(): Promise<Harness> {
  const server = new FakeHomeserver();
  await server.listen();
  server.createRoom(ROOM);
  server.createRoom(OTHER);
  for (let before = 0; before < started; before++) server.say(ROOM, 'said long before');
  started += 1;
  return harnessOf(server, new Map());
}

function harnessOf(server: FakeHomeserver, kept: Map<string, string>): Harness {
  const errors: unknown[] = [];
  const transport = matrixTransport({
    homeserver: server.url,
    accessToken: server.accessToken,
    clock: systemClock(),
    state: memoryState(kept),
    rooms: [ROOM, OTHER],
    inviters: ['@ada:example.org'],
    direct: true,
    cryptoDir: null,
    draw: drawForTests,
    report: (error) => errors.push(error),
  });
  const seen = () => seenMessages(server.rooms.get(ROOM)?.events ?? [], server.me);
  return {
    transport,
    room: { transport: 'matrix', room: ROOM, thread: null },
    incoming: (text) => Promise.resolve(void server.say(ROOM, text)),
    replying: ({ id }, text) => {
      const quoted = `> <${server.me}> 42 is blocked\n\n${text}`;
      return Promise.resolve(void server.say(ROOM, quoted, { 'm.relates_to': { 'm.in_reply_to': { event_id: id } } }));
    },
    underneath: ({ id }, text) => {
      const relation = { rel_type: 'm.thread', event_id: id, is_falling_back: true, 'm.in_reply_to': { event_id: id } };
      return Promise.resolve(void server.say(ROOM, text, { 'm.relates_to': relation }));
    },
    attaching: (file, text) => Promise.resolve(void server.attach(ROOM, file, text)),
    attachingElsewhere: (url) => Promise.resolve(void server.say(ROOM, 'x.png', { msgtype: 'm.image', url })),
    shelf: server.shelf,
    redeliver: () => Promise.resolve(server.redeliver(ROOM)),
    shown: () =>
      Promise.resolve(
        seen()
          .map(({ text }) => text)
          .join('\n'),
      ),
    messages: () => Promise.resolve(seen().map(({ counted }) => counted)),
    pictures: () =>
      Promise.resolve(
        server
          .contentOf(ROOM)
          .filter(({ msgtype }) => msgtype === 'm.image')
          .map(({ url, body }) => ({ png: server.media.get(String(url))?.bytes.toString() ?? '', alternative: String(body) })),
      ),
    refusePictures: () => void (server.uploadSize = 3),
    notified: () => Promise.resolve(server.sentTo(ROOM).flatMap(notifiedBy)),
    loseReply: () => void server.mishaps.push({ kind: 'drop-reply' }),
    limit: (seconds) => void server.mishaps.push({ kind: 'limit', header: String(seconds), ms: null }),
    refuse: () => void server.mishaps.push({ kind: 'refuse' }),
    elsewhere: {
      room: { transport: 'matrix', room: OTHER, thread: null },
      shown: () =>
        Promise.resolve(
          seenMessages(server.rooms.get(OTHER)?.events ?? [], server.me)
            .map(({ text }) => text)
            .join('\n'),
        ),
    },
    editIncoming: (text) => {
      const last = server.rooms.get(ROOM)?.events.at(-1)?.['event_id'];
      const edit = { 'm.new_content': { msgtype: 'm.text', body: text }, 'm.relates_to': { rel_type: 'm.replace', event_id: last } };
      return Promise.resolve(void server.say(ROOM, `* ${text}`, edit));
    },
    fromBots: (text) => {
      server.say(ROOM, text, {}, server.me);
      server.say(ROOM, text, { msgtype: 'm.notice' }, '@robot:example.org');
      return Promise.resolve();
    },
    nextProcess: () => Promise.resolve(harnessOf(server, new Map(kept))),
    disconnect: () => server.close(),
    reconnect: () => server.listen(),
    reported: () => errors,
    erase: ({ id }) => Promise.resolve(server.erase(ROOM, id)),
    close: () => server.close(),
  };
}

describeTransport('matrix', matrix);
describeTrouble('matrix', matrix);
describeCards('matrix', matrix);
describePictures('matrix', matrix);
