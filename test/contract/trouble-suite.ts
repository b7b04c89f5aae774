import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { placesOf } from '../../src/delivery/asker-places.ts';
import { Delivery } from '../../src/delivery/delivery.ts';
import { Log } from '../../src/log/log.ts';
import type { Address, IncomingMessage } from '../../src/message/address.ts';
import { doc, heading, line, table } from '../../src/message/build.ts';
import { LOST_ANSWER, lostAnswerElsewhere } from '../../src/words/fixed-replies.ts';
import { SendFailure } from '../../transports/transport.ts';
import type { TransportHarness } from './transport-suite.ts';
import { eventually } from '../eventually.ts';

/** A harness whose network can be made to misbehave. */
export interface TroubleHarness extends TransportHarness {
  /** The next message is taken and shown, but the answer that says so never comes. */
  readonly loseReply: () => void;
  /** The next message is refused for being one too many, with the wait that the network asks for. */
  readonly limit: (seconds: number) => void;
  /** The next message is refused for good. */
  readonly refuse: () => void;
  /** Another room of the same people, and what it shows. */
  readonly elsewhere: { readonly room: Address; readonly shown: () => Promise<string> };
  /** The author edits the last message to this. */
  readonly editIncoming: (text: string) => Promise<void>;
  /** The bot itself, and another bot, write something that would be a command. */
  readonly fromBots: (text: string) => Promise<void>;
  /** A new process in the place of this one: the same bot, the same state, nothing remembered. */
  readonly nextProcess: () => Promise<TroubleHarness>;
}

const never = new AbortController().signal;

/** What every transport with a network in between owes when that network misbehaves. */
export function describeTrouble(name: string, create: () => Promise<TroubleHarness>): void {
  describe(`transport ${name}, in trouble`, () => {
    const open: TroubleHarness[] = [];
    const received: IncomingMessage[] = [];
    const start = async (harness: TroubleHarness): Promise<TroubleHarness> => {
      open.push(harness);
      await harness.transport.start((message) => {
        received.push(message);
        return 'accepted';
      });
      return harness;
    };
    afterEach(async () => {
      received.length = 0;
      for (const harness of open.splice(0)) {
        await harness.transport.stop(never);
        await harness.close();
      }
    });
    const failed = async (sending: Promise<unknown>): Promise<SendFailure> => {
      const error: unknown = await sending.then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(SendFailure);
      return error as SendFailure;
    };

    it('shows once what is sent again after the answer was lost', async () => {
      const { transport, room, loseReply, shown } = await start(await create());
      loseReply();
      expect((await failed(transport.send(room, line('merged 42'), 'outbox:1', { again: false }))).outcome).toBe('unknown');
      await transport.send(room, line('merged 42'), 'outbox:1', { again: true });
      expect((await shown()).split('merged 42')).toHaveLength(2);
    });

    it('shows once what the next process sends again', async () => {
      const first = await start(await create());
      first.loseReply();
      await failed(first.transport.send(first.room, line('merged 42'), 'outbox:1', { again: false }));
      await first.transport.stop(never);
      const next = await start(await first.nextProcess());
      const refs = await next.transport.send(next.room, line('merged 42'), 'outbox:1', { again: true });
      expect(refs).toHaveLength(1);
      expect((await next.shown()).split('merged 42')).toHaveLength(2);
    });

    it('says how long to wait when there are too many messages, and has sent nothing', async () => {
      const { transport, room, limit, shown } = await start(await create());
      limit(3);
      const failure = await failed(transport.send(room, line('merged 42'), 'outbox:1', { again: false }));
      expect(failure).toMatchObject({ outcome: 'not-sent', retryAfterMs: 3_000 });
      expect(await shown()).not.toContain('merged 42');
      await transport.send(room, line('merged 42'), 'outbox:1', { again: true });
      expect((await shown()).split('merged 42')).toHaveLength(2);
    });

    it('tells what the network will never take from what it did not take now', async () => {
      const { transport, room, refuse } = await start(await create());
      refuse();
      expect((await failed(transport.send(room, line('merged 42'), 'outbox:1', { again: false }))).outcome).toBe('rejected');
    });

    it('tells an asker in another room of theirs of an answer that this room refuses in every form, and counts it until it is seen', async () => {
      const { transport, room, refuse, shown, elsewhere } = await start(await create());
      const log = Log.inMemory(systemClock());
      const sender = { transport: room.transport, id: 'ada', name: 'Ada' };
      const hear = (id: string, at: Address): number =>
        log.transaction((tx) => tx.inbox.receive({ id, at, sender, ingress: 'mention', text: 'cost' }, tx.now)) ?? 0;
      hear('m-0', elsewhere.room);
      const inbox = hear('m-1', room);
      for (let form = 1; form <= 3; form += 1) refuse();
      const body = doc(heading('Cost'), table(['Agent', 'Spent'], [['coder-1', '$1.20']]));
      log.transaction((tx) => tx.outbox.add({ to: room, kind: 'reply', body, inbox, item: null }, tx.now));
      const places = { log, rooms: () => [], idsOf: () => [sender], isOpen: () => true };
      const delivery = new Delivery({
        log,
        clock: systemClock(),
        random: () => 1,
        transports: [transport],
        isOpen: () => true,
        lostAnswers: {
          there: LOST_ANSWER,
          elsewhere: ({ asker }) => lostAnswerElsewhere(asker.name, 'the workshop'),
          places: (lost) => placesOf(places, lost),
        },
        onSent: () => undefined,
        onProblem: () => undefined,
      });
      delivery.start();
      await eventually(async () => expect(await elsewhere.shown()).toMatch(/Ada: Musher couldn.t deliver .* in the workshop/));
      expect(await shown()).not.toMatch(/coder-1|refused to show/);
      expect(log.refusals.givenUp()).toMatchObject([{ room: room.room, n: 2 }]);
      await delivery.stop(AbortSignal.timeout(1_000));
      log.close();
    });

    it('makes no command of an edit', async () => {
      const { incoming, editIncoming } = await start(await create());
      await incoming('status');
      await eventually(() => expect(received).toHaveLength(1));
      await editIncoming('delete 42');
      await incoming('show 42');
      await eventually(() => expect(received).toHaveLength(2));
      expect(received.map(({ text }) => text)).toEqual(['status', 'show 42']);
    });

    it('passes nothing on that bots write, itself among them', async () => {
      const { incoming, fromBots } = await start(await create());
      await fromBots('delete 42');
      await incoming('status');
      await eventually(() => expect(received.length).toBeGreaterThan(0));
      expect(received.map(({ text }) => text)).toEqual(['status']);
    });
  });
}
