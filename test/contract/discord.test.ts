import { memoryState, openDiscord, type Fixture } from '../transports/discord/fixture.ts';
import type { DiscordTransport } from '../../transports/discord/discord.ts';
import { expect } from 'vitest';
import { eventually } from '../eventually.ts';
import { describeCards, type CardHarness } from './card-suite.ts';
import { describePictures, drawForTests, type PictureHarness } from './picture-suite.ts';
import { describeTransport } from './transport-suite.ts';
import { describeTrouble, type TroubleHarness } from './trouble-suite.ts';

const POST = /^POST \/channels\/\d+\/messages$/;

type Harness = TroubleHarness & CardHarness & PictureHarness;

async function discord(): Promise<Harness> {
  const fixture = await openDiscord({ draw: drawForTests });
  return harnessOf(fixture, fixture.transport);
}

function harnessOf({ fake, room, ada, errors, again, state, close }: Fixture, transport: DiscordTransport): Harness {
  const { world, gateway } = fake;
  const other = world.room();
  return {
    transport,
    room: { transport: 'discord', room: room.id, thread: null },
    incoming: (text) => Promise.resolve(void fake.write(ada, room, text)),
    replying: ({ id }, text) =>
      Promise.resolve(void fake.write(ada, room, text, { type: 19, message_reference: { message_id: id, channel_id: room.id } })),
    underneath: ({ id }, text) => {
      const thread = world.channels.get(id);
      if (thread === undefined) throw new Error('There is no thread.');
      return Promise.resolve(void fake.write(ada, thread, text));
    },
    attaching: (file, text) => Promise.resolve(void fake.attach(ada, room, file, text)),
    attachingElsewhere: (url) =>
      Promise.resolve(void fake.write(ada, room, '', { attachments: [{ filename: 'x', text: '', url, size: 1 }] })),
    shelf: fake.shelf,
    redeliver: () => Promise.resolve(fake.redeliver()),
    shown: () => Promise.resolve(world.shown(room.id)),
    messages: () => Promise.resolve(world.in(room.id).map(({ content }) => content)),
    pictures: () =>
      Promise.resolve(
        world
          .in(room.id)
          .flatMap(({ attachments }) => attachments.map(({ text, description = '' }) => ({ png: text, alternative: description }))),
      ),
    refusePictures: () => void (fake.rest.takesFiles = false),
    notified: () => Promise.resolve(world.notified),
    disconnect: () => {
      gateway.down = true;
      gateway.disconnect();
      return Promise.resolve();
    },
    reconnect: () => Promise.resolve(void (gateway.down = false)),
    reported: () => errors,
    loseReply: () => fake.next(POST, 'drop-reply'),
    limit: (seconds) => fake.next(POST, '429', seconds * 1_000),
    refuse: () => fake.next(POST, 'refuse'),
    elsewhere: { room: { transport: 'discord', room: other.id, thread: null }, shown: () => Promise.resolve(world.shown(other.id)) },
    editIncoming: (text) => {
      const last = world.in(room.id).findLast(({ author }) => author.id === ada.id);
      if (last === undefined) throw new Error('Nobody has written anything.');
      return Promise.resolve(fake.rewrite(last, text));
    },
    fromBots: (text) => {
      fake.write(world.bot, room, text);
      fake.write(world.person('Robot', { bot: true }), room, text);
      fake.write(ada, room, text, { webhook_id: world.newId() });
      return Promise.resolve();
    },
    nextProcess: () => {
      // What is kept is text on a disk: nothing else is handed over.
      const kept = memoryState();
      for (const [key, value] of state.values) kept.set(key, value);
      const next = { fake, room, ada, errors, again, state: kept, close } as Fixture;
      return Promise.resolve(harnessOf(next, again({ state: kept })));
    },
    press: (label) => {
      const message = world.in(room.id).findLast((one) => world.read(one).includes(`[${label}]`));
      if (message === undefined) throw new Error(`There is no button ${label}.`);
      return Promise.resolve(void fake.press(ada, message, label));
    },
    fillIn: async (label, text) => {
      const message = world.in(room.id).findLast((one) => world.read(one).includes(`[${label}]`));
      if (message === undefined) throw new Error(`There is no button ${label}.`);
      const press = fake.press(ada, message, label);
      await eventually(() => expect(press.modal).not.toBeNull());
      fake.submit(ada, press, text, message);
    },
    erase: ({ id }) => {
      const message = world.in(room.id).find((one) => one.id === id);
      if (message === undefined) throw new Error('There is no such message.');
      return Promise.resolve(fake.erase(message));
    },
    close,
  };
}

describeTransport('discord', discord);
describeTrouble('discord', discord);
describeCards('discord', discord);
describePictures('discord', discord);
