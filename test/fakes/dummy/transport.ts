import { Backoff } from '../../../src/backoff.ts';
import { asTyped } from '../../../src/message/as-typed.ts';
import { line, withoutActions } from '../../../src/message/build.ts';
import type { Document } from '../../../src/message/document.ts';
import { plainText } from '../../../src/message/plain.ts';
import { splitDocument } from '../../../src/message/split.ts';
import { LifeCycle } from '../../../transports/life-cycle.ts';
import type { NetworkParts } from '../../../transports/network.ts';
import type { Capabilities, MessageRef, OpensThreads, Retires, Sink, Transport } from '../../../transports/transport.ts';
import { dummy } from './network.ts';
import type { Delivered, Shown, Switchboard } from './switchboard.ts';

const CAPABILITIES: Capabilities = {
  edits: true,
  threads: true,
  broadcasts: false,
  buttons: true,
  reactions: false,
  ephemeral: false,
  typedSlash: false,
  maxText: 1_000,
  maxTextUnit: 'utf16',
  pace: { roomMs: 0, roomBurst: 1, networkMs: 0, networkBurst: 1 },
};
const WAITS = new Backoff({ first: 5, longest: 50, jitter: 0 });

/** A switchboard as a transport. */
export function dummyTransport(board: Switchboard, { clock, rooms, catalogue, report }: NetworkParts): Transport & OpensThreads & Retires {
  const life = new LifeCycle(clock);
  let cancel = (): void => {};

  const typed = (room: string, thread: string | null, body: Document): Document => {
    const where = { direct: !rooms.includes(room), thread: thread === null ? 'none' : 'within', catalogue } as const;
    return asTyped(body, (command) => dummy.commandForm(command, where));
  };
  const textOf = (part: Document): string => plainText(withoutActions(part), { width: 10_000 });
  const buttonsOf = (part: Document): Shown['buttons'] => part.blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : []));
  const partsOf = (body: Document): Document[] => splitDocument(body, (part) => textOf(part).length <= CAPABILITIES.maxText);

  const connect = (sink: Sink, failures = 0): void => {
    const again = (): void => {
      cancel = clock.at(clock.now() + WAITS.after(failures + 1), () => reconnect(sink, failures + 1));
    };
    board.connect(
      (message) => take(sink, message),
      () => {
        life.reconnecting('The line was cut.');
        again();
      },
    );
  };
  const reconnect = (sink: Sink, failures: number): void => {
    if (life.state === 'stopped') return;
    try {
      connect(sink);
      life.online();
    } catch {
      cancel = clock.at(clock.now() + WAITS.after(failures + 1), () => reconnect(sink, failures + 1));
    }
  };
  const take = (sink: Sink, { id, room, thread, from, way, replyTo, text }: Delivered): void => {
    life.heard();
    const at = { transport: dummy.name, room, thread };
    const ingress = way === 'pressed' ? 'button' : rooms.includes(room) ? 'message' : 'direct';
    try {
      const around = { ...(replyTo === null ? {} : { replyTo }), ...(thread === null ? {} : { threadRoot: thread }) };
      sink({ id, at, sender: { transport: dummy.name, id: from, name: from }, ingress, text, ...around });
    } catch (error) {
      report(error);
      board.post({ room, thread, text: textOf(line('That message could not be stored. Send it again.')), buttons: [] }, `not-stored ${id}`);
    }
  };
  const replace = (ref: MessageRef, body: Document): Promise<void> => {
    const [first] = partsOf(typed(ref.room, null, body));
    const shown = board.find(ref.id);
    if (first !== undefined && shown !== undefined) Object.assign(shown, { text: textOf(first), buttons: buttonsOf(first) });
    return Promise.resolve();
  };

  return {
    name: dummy.name,
    capabilities: CAPABILITIES,
    start: (sink) =>
      life.start({
        async connect() {
          connect(sink);
        },
      }),
    identity: () => ({ ids: ['musher'], names: ['Musher'] }),
    async send({ room, thread }, body, key) {
      return partsOf(typed(room, thread, body)).map((part, index) => {
        const { id } = board.post({ room, thread, text: textOf(part), buttons: buttonsOf(part) }, `${key} ${index}`);
        return { transport: dummy.name, room, id };
      });
    },
    edit: replace,
    retire: replace,
    threadUnder: (ref) => Promise.resolve(board.find(ref.id) === undefined ? null : ref.id),
    health: () => life.health,
    stop: (signal) =>
      life.stop(signal, async () => {
        cancel();
        board.hangUp();
      }),
  };
}
