import { afterEach, describe, expect, it } from 'vitest';
import { MOST_EDITS } from '../../src/log/tables/cards.ts';
import type { IncomingMessage } from '../../src/message/address.ts';
import type { MessageRef } from '../../transports/transport.ts';
import { eventually } from '../eventually.ts';
import { CardRoom } from '../notices/card-room.ts';
import type { TransportHarness } from './transport-suite.ts';

/** A harness of a network that edits: people press buttons there and delete messages. */
export interface CardHarness extends TransportHarness {
  /** A person presses a button of the newest message that has it. Absent where buttons carry no command of their own. */
  readonly press?: (label: string) => Promise<void>;
  /** A person presses a button that asks for a text, writes it and sends it. Absent where there are no fields. */
  readonly fillIn?: (label: string, text: string) => Promise<void>;
  /** Somebody deletes a message. */
  readonly erase: (ref: MessageRef) => Promise<void>;
}

const never = new AbortController().signal;
const MINUTE = 60_000;

/** What every network that edits owes the cards of items. The log, the cards and the delivery are Musher's own. */
export function describeCards(name: string, create: () => Promise<CardHarness>): void {
  describe(`cards on ${name}`, () => {
    const open: { harness: CardHarness; room: CardRoom }[] = [];
    const received: IncomingMessage[] = [];
    const start = async (): Promise<{ harness: CardHarness; room: CardRoom; key: Parameters<CardRoom['log']['cards']['get']>[0] }> => {
      const harness = await create();
      const { transport } = harness;
      await transport.start((message) => {
        received.push(message);
        return 'accepted';
      });
      const room = new CardRoom({ to: harness.room, pressable: transport.capabilities.buttons }, transport);
      open.push({ harness, room });
      return { harness, room, key: { transport: transport.name, room: harness.room.room, project: 'shop', item: 1 } };
    };
    afterEach(async () => {
      received.length = 0;
      for (const { harness, room } of open.splice(0)) {
        room.close();
        await harness.transport.stop(never);
        await harness.close();
      }
    });
    const shows = async (harness: CardHarness, text: string): Promise<string> => {
      await eventually(async () => expect(await harness.shown()).toContain(text));
      return harness.shown();
    };
    const started = (room: CardRoom): void => {
      room.make(1);
      room.toCurrent(1);
    };
    const merge = (room: CardRoom): void => {
      room.finish(1);
      room.toMerge(1);
      room.merged(1);
    };
    /** The network's name of the card's message. */
    const refOf = (room: CardRoom, key: Parameters<CardRoom['log']['cards']['get']>[0]): MessageRef =>
      room.log.cards.refOf(room.log.cards.get(key)?.root ?? 0) as MessageRef;

    it('are posted once and edited in place, and the merge is a message of its own', async () => {
      const { harness, room } = await start();
      started(room);
      await room.survive();
      await shows(harness, 'queued for the next');
      room.begin(1);
      await room.survive();
      expect(await shows(harness, 'coder-1 is working')).not.toContain('queued for the next');
      merge(room);
      await room.survive();
      const text = await shows(harness, '✓ done');
      expect(text.match(/Fix the login/g)).toHaveLength(2);
      expect(text).toContain('merged into main');
      expect(harness.reported()).toEqual([]);
    });

    it('carry commands that can be given from there as long as they fit', async () => {
      const { harness, room } = await start();
      started(room);
      await room.survive();
      const { press } = harness;
      await shows(harness, press === undefined ? 'stop 1' : 'Stop');
      await press?.('Stop');
      const commands = press === undefined ? [] : [`stop shop#1 by button in ${harness.room.room}`];
      await eventually(() => expect(received.map(({ text, ingress, at }) => `${text} by ${ingress} in ${at.room}`)).toEqual(commands));
      room.begin(1);
      merge(room);
      await room.survive();
      expect(await shows(harness, '✓ done')).not.toMatch(/Stop|stop 1/);
    });

    it('ask for the words that a command needs, and say what to type where there are no fields', async () => {
      const { harness, room } = await start();
      started(room);
      room.begin(1);
      await room.survive();
      const { fillIn } = harness;
      expect(await shows(harness, fillIn === undefined ? 'tell 1' : 'Tell')).toContain(fillIn === undefined ? 'tell 1 <words>' : 'Tell');
      await fillIn?.('Tell', 'use the *old* API\n<@U1> & `all` of it');
      const commands = fillIn === undefined ? [] : [`modal in ${harness.room.room}: tell shop#1 use the *old* API\n<@U1> & \`all\` of it`];
      await eventually(() => expect(received.map(({ text, ingress, at }) => `${ingress} in ${at.room}: ${text}`)).toEqual(commands));
      expect(received.every(({ sender }) => sender.transport === harness.transport.name && sender.id !== '')).toBe(true);
    });

    it('come anew, once, where somebody deleted their message', async () => {
      const { harness, room, key } = await start();
      started(room);
      await room.survive();
      await shows(harness, 'Fix the login');
      await harness.erase(refOf(room, key));
      await eventually(async () => expect(await harness.shown()).not.toContain('Fix the login'));
      room.begin(1);
      await room.survive();
      room.finish(1);
      room.toMerge(1);
      await room.survive();
      expect((await shows(harness, 'merging next')).match(/Fix the login/g)).toHaveLength(1);
      room.merged(1);
      await room.survive();
      expect((await shows(harness, '✓ done')).match(/Fix the login/g)).toHaveLength(2);
    });

    it('continue in a new message after as many edits as networks bear', async () => {
      const { harness, room, key } = await start();
      started(room);
      await room.survive();
      const root = room.log.cards.get(key)?.root ?? 0;
      for (let edits = 0; edits < MOST_EDITS; edits += 1) room.log.cards.edited(root);
      room.begin(1);
      await room.survive();
      const text = await shows(harness, 'continues in a newer message');
      expect(text.indexOf('coder-1 is working')).toBeGreaterThan(text.indexOf('continues in a newer message'));
      expect(room.log.cards.get(key)?.root).not.toBe(root);
    });

    it('are edited no faster than the network takes it, and show the newest state in the end', async () => {
      const { harness, room, key } = await start();
      started(room);
      await room.survive();
      const { roomMs, roomBurst } = harness.transport.capabilities.pace;
      const [from, root] = [room.clock.now(), room.log.cards.get(key)?.root];
      for (let index = 0; index < 20; index += 1) {
        room.record(1, 'item.edited', { field: 'title', value: `Title ${index}`, prior: '' });
        await room.look();
      }
      await room.survive();
      await shows(harness, 'Title 19');
      const card = room.log.cards.get(key);
      expect(card?.root).toBe(root);
      const most = roomMs === 0 ? 20 : roomBurst + (room.clock.now() - from) / roomMs;
      expect(card?.edits).toBeLessThanOrEqual(most);
      await room.survive(MINUTE);
      // Nothing changed since: it is not edited for nothing.
      expect(room.log.cards.get(key)?.edits).toBe(card?.edits);
    });
  });
}
