import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Address, IncomingMessage, MessageFile } from '../../src/message/address.ts';
import { action, actions, codeBlock, doc, line, mention, paragraph } from '../../src/message/build.ts';
import type { MessageRef, OpensThreads, Retires, Sink, Transport } from '../../transports/transport.ts';
import type { FetchesFiles } from '../../transports/files.ts';
import type { DeviceFile, FileShelf } from '../fakes/file-shelf.ts';
import { eventually } from '../eventually.ts';

/** One transport with the network it talks to, and what can be seen and done from the other side. */
export interface TransportHarness {
  readonly transport: Transport;
  /** Where messages are sent in these cases. */
  readonly room: Address;
  /** A person writes a message that is meant for Musher. Resolves when the network took it. */
  readonly incoming: (text: string) => Promise<void>;
  /** The network delivers the last message again. Absent where it never does. */
  readonly redeliver?: () => Promise<void>;
  /** A person replies to a message. Absent where there are no replies. */
  readonly replying?: (to: MessageRef, text: string) => Promise<void>;
  /** A person writes in the thread under a message. Absent where there are no threads. */
  readonly underneath?: (root: MessageRef, text: string) => Promise<void>;
  /** A person sends a file, with words or without. Absent where there are no files. */
  readonly attaching?: (file: DeviceFile, text: string) => Promise<void>;
  /** A message names a file at an address that is not the network's own. */
  readonly attachingElsewhere?: (address: string) => Promise<void>;
  /** The files that the network keeps. */
  readonly shelf?: FileShelf;
  /** All that the room shows now, as a person reads it. */
  readonly shown: () => Promise<string>;
  /** The texts of the messages as the network counts them against its limit. Absent where it has no single messages. */
  readonly messages?: () => Promise<readonly string[]>;
  /** Ids of the people whom a message notified. Absent where nobody can be. */
  readonly notified?: () => Promise<readonly string[]>;
  /** Takes the network away, and brings it back. Absent where there is none between. */
  readonly disconnect?: () => Promise<void>;
  readonly reconnect?: () => Promise<void>;
  /** What the transport reported as gone wrong. */
  readonly reported: () => readonly unknown[];
  readonly close: () => Promise<void>;
}

/** Cases that a transport may not have, each with the reason why. */
export type Skips = Partial<
  Record<'redelivery' | 'limits' | 'notifying' | 'reconnecting' | 'replies' | 'threads' | 'files' | 'fileTrouble', string>
>;

const never = new AbortController().signal;
const PHOTO: DeviceFile = {
  name: 'gap in the cart.png',
  type: 'image/png',
  bytes: Buffer.from(Array.from({ length: 70_000 }, (_, n) => n % 251)),
};

async function fetched(transport: Transport, file: MessageFile | undefined, bytes = 1_000_000): Promise<Uint8Array> {
  if (!('fetchFile' in transport) || file === undefined) throw new Error('There is no file.');
  return (transport as Transport & FetchesFiles).fetchFile(file, { bytes, signal: never });
}

/**
 * The behaviour that every transport owes, whatever its network. A case that can't be is named in `skips` with its
 * reason; a harness without the means and without a reason fails.
 */
export function describeTransport(name: string, create: () => Promise<TransportHarness>, skips: Skips = {}): void {
  describe(`transport ${name}`, () => {
    let harness: TransportHarness | null = null;
    const received: IncomingMessage[] = [];
    const taking: Sink = (message) => {
      received.push(message);
      return 'accepted';
    };
    const open = async (sink: Sink = taking): Promise<TransportHarness> => {
      received.length = 0;
      harness = await create();
      await harness.transport.start(sink);
      return harness;
    };
    afterEach(async () => {
      await harness?.transport.stop(never);
      await harness?.close();
      harness = null;
    });
    /** Waits until the room shows a text, and gives all that it shows. */
    const shows = async (text: string): Promise<string> => {
      await eventually(async () => expect(await harness?.shown()).toContain(text));
      return (await harness?.shown()) ?? '';
    };
    const takes = async (count: number): Promise<void> => {
      await eventually(() => expect(received).toHaveLength(count));
    };

    describe('intake', () => {
      it('gives each message to the sink once, in order, with an id of its own', async () => {
        const { incoming, transport } = await open();
        for (const text of ['status', 'show 42', 'status']) await incoming(text);
        await takes(3);
        expect(received.map(({ text }) => text)).toEqual(['status', 'show 42', 'status']);
        expect(new Set(received.map(({ id }) => id)).size).toBe(3);
        for (const { at, sender } of received) {
          expect(at.transport).toBe(transport.name);
          expect(sender.transport).toBe(transport.name);
          expect(sender.id).not.toBe('');
        }
      });

      itUnless(skips.replies, 'names the message that a person replies to as it was named when it was sent', async () => {
        const { transport, room, replying, incoming } = await open();
        const refs = await transport.send(room, line('42 is blocked'), 'k1', { again: false });
        for (const ref of refs) await means(replying)(ref, 'why');
        await incoming('status');
        await takes(2);
        expect(received[0]).toMatchObject({ at: room, text: 'why', replyTo: refs[0]?.id });
        expect(received[0]).not.toHaveProperty('threadRoot');
        expect(received[1]).not.toHaveProperty('replyTo');
      });

      itUnless(skips.threads, 'names the first message of a thread, and the thread, as they were named when they were made', async () => {
        const { transport, room, underneath, incoming } = await open();
        const [root] = await transport.send(room, line('42 is started'), 'k1', { again: false });
        if (root === undefined || !opensThreads(transport)) throw new Error('There is no thread.');
        const thread = await transport.threadUnder(root, '42 Fix the login');
        await means(underneath)(root, 'logs');
        await incoming('status');
        await takes(2);
        expect(received[0]).toMatchObject({ at: { ...room, thread }, text: 'logs', threadRoot: root.id });
        // A message of a thread replies to none of its messages, though some networks write it so for old clients.
        expect(received[0]).not.toHaveProperty('replyTo');
        expect(received[1]).not.toHaveProperty('threadRoot');
      });

      itUnless(skips.files, 'gives a file with the words that came with it, and its bytes when they are asked for', async () => {
        const { transport, attaching, incoming } = await open();
        await means(attaching)(PHOTO, 'tell 42 close the gap');
        await means(attaching)(PHOTO, '');
        await incoming('status');
        await takes(3);
        expect(received.map(({ text }) => text)).toEqual(['tell 42 close the gap', '', 'status']);
        expect(received[2]).not.toHaveProperty('files');
        for (const { files = [] } of received.slice(0, 2)) {
          expect(files).toMatchObject([{ name: PHOTO.name, type: PHOTO.type, bytes: PHOTO.bytes.length }]);
          expect(Buffer.from(await fetched(transport, files[0])).equals(PHOTO.bytes)).toBe(true);
        }
      });

      itUnless(skips.fileTrouble ?? skips.files, 'reads no more of a file than is asked for, and says why it has none', async () => {
        const { transport, attaching, shelf } = await open();
        await means(attaching)(PHOTO, '');
        await takes(1);
        const file = received[0]?.files?.[0];
        await expect(fetched(transport, file, PHOTO.bytes.length - 1)).rejects.toMatchObject({ why: 'too-large' });
        for (const [mishap, why] of [
          ['gone', 'gone'],
          ['broken', 'no-answer'],
          ['cut', 'no-answer'],
        ] as const) {
          means(shelf).mishaps.push(mishap);
          await expect(fetched(transport, file)).rejects.toMatchObject({ name: 'FileFailure', why });
        }
        expect(Buffer.from(await fetched(transport, file)).equals(PHOTO.bytes)).toBe(true);
      });

      itUnless(
        skips.fileTrouble ?? skips.files,
        'fetches no file from anywhere but the network itself, and is led nowhere else',
        async () => {
          const { transport, attaching, attachingElsewhere, shelf } = await open();
          const asked: string[] = [];
          const other = createServer((request, response) => {
            asked.push(request.url ?? '');
            response.end('a secret of this machine');
          });
          await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
          try {
            const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}/latest/meta-data`;
            await means(attachingElsewhere)(address);
            await means(attaching)(PHOTO, '');
            await takes(2);
            await expect(fetched(transport, received[0]?.files?.[0])).rejects.toMatchObject({ why: 'elsewhere' });
            means(shelf).mishaps.push({ redirect: address });
            await expect(fetched(transport, received[1]?.files?.[0])).rejects.toThrow(/answered 302|log in/);
            expect(asked).toEqual([]);
          } finally {
            await new Promise((resolve) => other.close(resolve));
          }
        },
      );

      it('keeps an id different from all ids of an earlier start', async () => {
        const first = await open();
        await first.incoming('status');
        await takes(1);
        const [before] = received.map(({ id }) => id);
        await first.transport.stop(never);
        await first.close();
        const second = await open();
        await second.incoming('status');
        await takes(1);
        expect(received[0]?.id).not.toBe(before);
      });

      it('reports a sink that throws, says so in the room, and continues', async () => {
        let full = true;
        const { incoming, reported } = await open((message) => {
          if (full) throw new Error('disk full');
          return taking(message);
        });
        await incoming('status');
        await eventually(() => expect(reported().map(String)).toEqual(['Error: disk full']));
        await shows('could not be stored');
        full = false;
        await incoming('show 42');
        // A network that delivers again brings the first one as well.
        await eventually(() => expect(received.map(({ text }) => text)).toContain('show 42'));
        expect(received.filter(({ text }) => text === 'status').length).toBeLessThanOrEqual(1);
      });

      it('ends intake when it stops', async () => {
        const { incoming, transport } = await open();
        await incoming('status');
        await takes(1);
        await transport.stop(never);
        await incoming('show 42');
        // What was delivered by mistake would be delivered by the end of a turn of the event loop.
        await new Promise((resolve) => setImmediate(resolve));
        expect(received).toHaveLength(1);
      });

      itUnless(skips.redelivery, 'gives a redelivered message the id it had', async () => {
        const { incoming, redeliver } = await open();
        await incoming('status');
        await takes(1);
        await means(redeliver)();
        await eventually(() => expect(received.length).toBeGreaterThan(1));
        expect(new Set(received.map(({ id }) => id)).size).toBe(1);
      });
    });

    describe('sending', () => {
      it('shows a message and names it', async () => {
        const { transport, room } = await open();
        const refs = await transport.send(room, line('42 Fix the login: qa → merge'), 'k1', { again: false });
        await shows('42 Fix the login: qa → merge');
        expect(refs).toHaveLength(1);
        expect(refs[0]?.transport).toBe(transport.name);
      });

      it('shows the same key once, also when it is sent twice at the same time, and names the same message', async () => {
        const { transport, room, shown } = await open();
        const [first, second] = await Promise.all([
          transport.send(room, line('only once'), 'k1', { again: false }),
          transport.send(room, line('only once'), 'k1', { again: false }),
        ]);
        const third = await transport.send(room, line('only once'), 'k1', { again: false });
        await transport.send(room, line('after it'), 'k2', { again: false });
        await shows('after it');
        expect((await shown()).split('only once')).toHaveLength(2);
        expect(second).toEqual(first);
        expect(third).toEqual(first);
      });

      it('shows messages in the order in which they were sent', async () => {
        const { transport, room, shown } = await open();
        const texts = Array.from({ length: 20 }, (_, index) => `message number ${String(index).padStart(3, '0')}`);
        await Promise.all(texts.map((text, index) => transport.send(room, line(text), `k${index}`, { again: false })));
        await shows('message number 019');
        expect((await shown()).match(/message number \d{3}/g)).toEqual(texts);
      });

      it('edits in place where it says it can, and otherwise shows the new text as well', async () => {
        const { transport, room, shown } = await open();
        const [ref] = await transport.send(room, line('progress: first'), 'k1', { again: false });
        if (ref === undefined) throw new Error('A sent message has no name.');
        await transport.edit(ref, line('progress: second'));
        await shows('progress: second');
        expect((await shown()).includes('progress: first')).toBe(!transport.capabilities.edits);
      });

      it('gives a thread under a message, the same each time, and takes messages into it', async () => {
        const { transport, room } = await open();
        // Whoever has none says so, and is not asked.
        expect('threadUnder' in transport).toBe(transport.capabilities.threads);
        if (!opensThreads(transport)) return;
        const [root] = await transport.send(room, line('42 is started'), 'k1', { again: false });
        if (root === undefined) throw new Error('A sent message has no name.');
        const thread = await transport.threadUnder(root, '42 Fix the login');
        expect(thread).not.toBeNull();
        expect(await transport.threadUnder(root, '42 Fix the login')).toBe(thread);
        const { broadcasts } = transport.capabilities;
        const refs = await transport.send({ ...room, thread }, line('42 is merged'), 'k2', { again: false, broadcast: broadcasts });
        expect(refs).toHaveLength(1);
        expect(await transport.send({ ...room, thread }, line('42 is merged'), 'k2', { again: true, broadcast: broadcasts })).toEqual(refs);
      });

      it('takes the buttons off a message where it has any, and says the rest of it', async () => {
        const { transport, room, shown } = await open();
        const { buttons, reactions } = transport.capabilities;
        expect('retire' in transport).toBe(buttons || reactions);
        if (!retires(transport)) return;
        const [ref] = await transport.send(room, doc(paragraph('42 waits'), actions(action('Approve', 'approve 42'))), 'k1', {
          again: false,
        });
        if (ref === undefined) throw new Error('A sent message has no name.');
        await transport.retire(ref, line('42 waits no more'));
        await shows('42 waits no more');
        expect(await shown()).not.toContain('Approve');
        // Asked twice it is the same.
        await transport.retire(ref, line('42 waits no more'));
        expect((await shown()).match(/42 waits/g)).toHaveLength(1);
      });

      it('shows control characters instead of acting on them', async () => {
        const { transport, room, shown } = await open();
        const hostile = 'a\u001b[2J\u001b]0;title\u0007b\u009b31mc\u0000d\u202ee';
        await transport.send(room, doc(paragraph(hostile), codeBlock(hostile)), 'k1', { again: false });
        await shows('c␀d');
        const text = await shown();
        expect(text).toContain('␛[2J');
        expect(text).not.toMatch(/(?!\n)\p{Cc}|[\u202a-\u202e]/u);
      });

      it('shows half a character as a replacement character', async () => {
        const { transport, room } = await open();
        await transport.send(room, line('half \ud83d of it'), 'k1', { again: false });
        expect(await shows('half \ufffd of it')).toContain('half \ufffd of it');
      });

      it('shows markup in a text as it stands', async () => {
        const { transport, room } = await open();
        await transport.send(room, line('<b>*bold* _it_ `x` [a](http://b) <http://c|d> & &amp;</b>'), 'k1', { again: false });
        expect(await shows('<b>*bold* _it_ `x` [a](http://b) <http://c|d> & &amp;</b>')).toContain(
          '<b>*bold* _it_ `x` [a](http://b) <http://c|d> & &amp;</b>',
        );
      });

      it('shows a mention by name', async () => {
        const { transport, room } = await open();
        await transport.send(room, line('for ', mention('U123', 'Ada')), 'k1', { again: false });
        expect(await shows('Ada')).toContain('Ada');
      });

      itUnless(skips.notifying, 'notifies nobody whom a text names, neither sent nor edited', async () => {
        const { transport, room, notified } = await open();
        const text = '@everyone @here @channel @room <!channel> <@U123> <@123> @ada:example.org';
        const [ref] = await transport.send(room, line(text), 'k1', { again: false });
        if (ref !== undefined) await transport.edit(ref, line(`${text} again`));
        expect(await means(notified)()).toEqual([]);
      });

      it('splits a long text, marks each part, and leaves nothing out', async () => {
        const { transport, room, shown } = await open();
        const words = Array.from({ length: Math.ceil((transport.capabilities.maxText * 2.5) / 4) }, (_, index) => `w${index}`);
        const refs = await transport.send(room, line(words.join(' ')), 'k1', { again: false });
        expect(refs.length).toBeGreaterThan(2);
        await shows(`(part ${refs.length} of ${refs.length})`);
        const text = await shown();
        expect(text.match(/\bw\d+\b/g)).toEqual(words);
        for (let part = 1; part <= refs.length; part++) expect(text).toContain(`(part ${part} of ${refs.length})`);
      });

      itUnless(skips.limits, 'keeps every message within the limit of the network', async () => {
        const { transport, room, messages } = await open();
        const { maxText, maxTextUnit } = transport.capabilities;
        await transport.send(room, doc(paragraph('é 漢 👩‍👩‍👧‍👦 '.repeat(Math.ceil(maxText / 5))), codeBlock('x'.repeat(maxText * 2))), 'k1', {
          again: false,
        });
        for (const text of await means(messages)()) {
          expect(maxTextUnit === 'utf16' ? text.length : Buffer.byteLength(text)).toBeLessThanOrEqual(maxText);
        }
      });
    });

    describe('health', () => {
      it('is starting, then online, then stopped', async () => {
        harness = await create();
        const { transport } = harness;
        expect(transport.health().state).toBe('starting');
        await transport.start(taking);
        expect(transport.health()).toMatchObject({ state: 'online', problem: null });
        await transport.stop(never);
        expect(transport.health().state).toBe('stopped');
      });

      it('tells when the last message came in', async () => {
        const { incoming, transport } = await open();
        expect(transport.health().lastEvent).toBeNull();
        await incoming('status');
        await takes(1);
        expect(transport.health().lastEvent).toBeTypeOf('number');
      });

      it('may be stopped twice', async () => {
        const { transport } = await open();
        await transport.stop(never);
        await expect(transport.stop(never)).resolves.toBeUndefined();
      });

      itUnless(skips.reconnecting, 'reconnects by itself and says so', async () => {
        const { transport, disconnect, reconnect } = await open();
        await means(disconnect)();
        await eventually(() => expect(transport.health().state).toBe('reconnecting'));
        await means(reconnect)();
        await eventually(() => expect(transport.health().state).toBe('online'));
      });
    });
  });
}

/** A case, or a skipped one whose name says why. */
function itUnless(reason: string | undefined, name: string, run: () => Promise<void>): void {
  const title = reason === undefined ? name : `${name} (skipped: ${reason})`;
  // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- title and expectations come from the caller
  it.skipIf(reason !== undefined)(title, run);
}

function means<T>(way: T | undefined): T {
  if (way === undefined) throw new Error('The harness has no means for this case and gives no reason to skip it.');
  return way;
}

function opensThreads(transport: Transport): transport is Transport & OpensThreads {
  return 'threadUnder' in transport;
}

function retires(transport: Transport): transport is Transport & Retires {
  return 'retire' in transport;
}
