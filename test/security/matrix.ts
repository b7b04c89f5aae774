import { systemClock } from '../../src/clock.ts';
import { action, actions, doc, paragraph } from '../../src/message/build.ts';
import { matrixTransport } from '../../transports/matrix/matrix.ts';
import type { Json } from '../../transports/matrix/json.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { memoryState } from '../fakes/matrix/memory-state.ts';
import { lack, type Net, type Who } from './ways.ts';

const ROOM = '!room:example.org';
const IDS = { anna: '@anna:example.org', mallory: '@anna:evil.example' } as const;

/** A homeserver. Mallory has Anna's localpart and her display name, on a server of her own. */
export async function openMatrix(): Promise<Net> {
  const server = new FakeHomeserver();
  await server.listen();
  server.createRoom(ROOM);
  for (const id of Object.values(IDS)) {
    server.add(ROOM, { type: 'm.room.member', state_key: id, sender: id, content: { membership: 'join', displayname: 'Anna' } });
  }
  const transport = matrixTransport({
    homeserver: server.url,
    accessToken: server.accessToken,
    clock: systemClock(),
    state: memoryState(new Map()),
    rooms: [ROOM],
    inviters: [IDS.anna],
    direct: true,
    cryptoDir: null,
    report: () => {},
  });
  const say = (who: Who, body: string, content: Json = {}): string => server.say(ROOM, body, content, IDS[who]);
  const said = (who: Who): string => say(who, 'what do you think?');
  const none = lack('Matrix has none');
  return {
    transport,
    room: { transport: 'matrix', room: ROOM, thread: null },
    ids: IDS,
    probe: () => say('anna', '!ping'),
    ways: {
      message: { does: (who, title) => say(who, `!create story ${title}`), isCommand: true },
      mention: {
        does: (who, title) =>
          say(who, `Musher: create story ${title}`, {
            format: 'org.matrix.custom.html',
            formatted_body: `<a href="https://matrix.to/#/${server.me}">Musher</a>: create story ${title}`,
          }),
        isCommand: true,
      },
      direct: {
        does: async (who, title) => {
          const room = `!dm-${who}:example.org`;
          server.invite(room, IDS[who], { direct: true });
          await settled(() => server.rooms.get(room)?.invite === null);
          server.say(room, `create story ${title}`, {}, IDS[who]);
        },
        isCommand: true,
        dropped: 'the invitation of somebody who is not listed is declined',
      },
      reaction: {
        does: async (who, title) => {
          const body = doc(paragraph('Make it?'), actions(action('Yes', `create story ${title}`)));
          const [ref] = await transport.send({ transport: 'matrix', room: ROOM, thread: null }, body, `${who}-question`, { again: false });
          server.add(ROOM, {
            type: 'm.reaction',
            sender: IDS[who],
            content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: ref?.id, key: '👍' } },
          });
        },
        isCommand: true,
      },
      reply: {
        does: (who, title) =>
          say(who, `> <@someone:example.org> so?\n\n!create story ${title}`, {
            'm.relates_to': { 'm.in_reply_to': { event_id: said(who) } },
          }),
        isCommand: true,
      },
      thread: {
        does: (who, title) => say(who, `!create story ${title}`, { 'm.relates_to': { rel_type: 'm.thread', event_id: said(who) } }),
        isCommand: true,
      },
      edit: {
        does: (who, title) =>
          say(who, `* !create story ${title}`, {
            'm.new_content': { msgtype: 'm.text', body: `!create story ${title}` },
            'm.relates_to': { rel_type: 'm.replace', event_id: said(who) },
          }),
        isCommand: false,
      },
      deletion: {
        does: (who) => server.add(ROOM, { type: 'm.room.redaction', sender: IDS[who], redacts: said(who), content: {} }),
        isCommand: false,
      },
      upload: {
        does: (who, title) => say(who, `!create story ${title}`, { msgtype: 'm.file', url: 'mxc://example.org/1' }),
        isCommand: false,
      },
      'other bot': { does: (who, title) => say(who, `!create story ${title}`, { msgtype: 'm.notice' }), isCommand: false },
      'own message': { does: (_, title) => server.say(ROOM, `!create story ${title}`, {}, server.me), isCommand: false },
      slash: none,
      button: none,
      select: none,
      modal: none,
      completion: none,
      terminal: lack('that is the console'),
    },
    redeliver: () => server.redeliver(ROOM),
    close: () => server.close(),
  };
}

async function settled(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  }
}
