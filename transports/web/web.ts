import type { Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { crashPoint } from '../../src/crash-point.ts';
import type { Document } from '../../src/message/document.ts';
import { plainText } from '../../src/message/plain.ts';
import { visible } from '../../src/message/sanitize.ts';
import { splitDocument } from '../../src/message/split.ts';
import { LifeCycle } from '../life-cycle.ts';
import type { NetworkParts } from '../network.ts';
import type { Capabilities, MessageRef, Retires, ServesPage, Sink, Transport } from '../transport.ts';
import { attempts } from './attempts.ts';
import { placeOf, type Place } from './guard.ts';
import { routes } from './routes.ts';
import { NAME, parseListen, parsePublic, type WebSection } from './section.ts';
import { listen, makeServer, shut } from './server.ts';
import { openStreams, type Streams } from './streams.ts';

const CAPABILITIES: Capabilities = {
  edits: true,
  threads: false,
  broadcasts: false,
  buttons: true,
  reactions: false,
  // Each of its rooms has one reader.
  ephemeral: false,
  typedSlash: false,
  // No limit of its own; one message of more than this is read by nobody.
  maxText: 65_536,
  maxTextUnit: 'utf16',
  pace: { roomMs: 0, roomBurst: 1, networkMs: 0, networkBurst: 1 },
};

/** The port of the last start. */
const PORT = 'port';
/** Where any port will do, this one is tried first. */
const USUAL_PORT = 7373;

/** The page as a transport: each session of a person in a browser is a room. */
export async function webTransport(section: WebSection, parts: NetworkParts): Promise<Transport & Retires & ServesPage> {
  const { clock, report, state } = parts;
  const { sessions, views } = await parts.page();
  const life = new LifeCycle(clock);
  const url = section.url === undefined ? null : parsePublic(section.url);
  let running: { readonly server: Server; readonly streams: Streams; readonly place: Place; readonly unlisten: () => void } | null = null;
  let sink: Sink | null = null;

  const fits = (part: Document): boolean => plainText(part, { width: 10_000 }).length <= CAPABILITIES.maxText;
  const change = async (ref: MessageRef, body: Document): Promise<void> => {
    const changed = sessions.change(ref.id, shown(body));
    if (changed !== null) running?.streams.answer(ref.room, [changed]);
  };

  const open = async (): Promise<void> => {
    const wanted = parseListen(section.listen);
    if (wanted === null) throw new Error('the configuration was checked to name an address and a port');
    let place: Place = placeOf(wanted, url);
    let answer:
      | ((
          request: Parameters<ReturnType<typeof getRequestListener>>[0],
          response: Parameters<ReturnType<typeof getRequestListener>>[1],
        ) => unknown)
      | null = null;
    const server = makeServer(
      () => place,
      (request, response) => {
        if (answer === null) response.writeHead(503).end();
        else answer(request, response);
      },
    );
    const before = Number(state.get(PORT) ?? USUAL_PORT);
    const bound = await listen(server, wanted, Number.isInteger(before) ? before : USUAL_PORT);
    server.on('error', report);
    if (wanted.port === 0) state.set(PORT, String(bound.port));
    place = placeOf(bound, url);
    const streams = openStreams(views, clock, (room) => sessions.byRoom(room) !== null);
    const app = routes({
      network: NAME,
      clock,
      place,
      behindProxy: section.behind_proxy,
      attempts: attempts(clock),
      streams,
      views,
      sessions,
      take: (message) => {
        const taking = sink;
        if (taking === null) return Promise.reject(new Error('the page is closing'));
        life.heard();
        return parts.inSharedCommit(() => taking(message));
      },
      report,
    });
    answer = getRequestListener(app.fetch, { overrideGlobalObjects: false, errorHandler: report });
    running = { server, streams, place, unlisten: sessions.onEnded((room) => streams.end(room)) };
  };

  return {
    name: NAME,
    capabilities: CAPABILITIES,
    address: () => running?.place.url ?? null,

    start(given) {
      sink = given;
      return life.start({ connect: open });
    },

    // Whoever writes there is always talking to Musher.
    identity: () => null,

    async send(to, body, key) {
      const kept = sessions.keep(to.room, key, splitDocument(shown(body), fits));
      // Whoever ended the session reads nothing there any more; what concerns others is told in their rooms.
      if (kept === null) return [];
      crashPoint('network/web/after-message-kept');
      running?.streams.answer(to.room, kept);
      return kept.map(({ id }) => ({ transport: NAME, room: to.room, id }));
    },

    edit: change,
    retire: change,
    health: () => life.health,

    stop(signal) {
      sink = null;
      return life.stop(signal, async () => {
        const ending = running;
        running = null;
        if (ending === null) return;
        ending.unlisten();
        ending.streams.close();
        await shut(ending.server, clock);
      });
    },
  };
}

/** A message whose texts can't act: what controls a screen, or turns its direction, is shown. */
function shown(body: Document): Document {
  return JSON.parse(JSON.stringify(body), (key, value: unknown) =>
    typeof value === 'string' && key !== 'command' ? visible(value) : value,
  ) as Document;
}
