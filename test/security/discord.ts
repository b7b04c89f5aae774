import { systemClock } from '../../src/clock.ts';
import { action, actions, doc, paragraph } from '../../src/message/build.ts';
import { discordTransport } from '../../transports/discord/discord.ts';
import type { CommandCatalogue } from '../../transports/command-catalogue.ts';
import { FakeDiscord } from '../fakes/discord/discord.ts';
import { interactionEvent } from '../fakes/discord/interactions.ts';
import { memoryState } from '../transports/discord/fixture.ts';
import { lack, type Net, type Who } from './ways.ts';

/** A Discord server. Mallory shows the same name as Anna. */
export async function openDiscordNet(catalogue: CommandCatalogue): Promise<Net> {
  const fake = new FakeDiscord();
  await fake.open();
  const room = fake.world.room();
  const people = { anna: fake.world.person('Anna'), mallory: fake.world.person('Anna') };
  const transport = discordTransport({
    clock: systemClock(),
    token: fake.token,
    rooms: () => new Set([room.id]),
    mayWriteDirect: (user) => user === people.anna.id,
    state: memoryState(),
    catalogue,
    report: () => {},
    api: fake.api,
    timing: { backoff: { first: 20, longest: 100, jitter: 0.5 }, identifySpacing: 0, connect: 20_000 },
  });
  const at = { transport: 'discord', room: room.id, thread: null };
  const write = (who: Who, text: string, extra: Parameters<FakeDiscord['write']>[3] = {}): unknown =>
    fake.write(people[who], room, text, extra);
  const forged = (who: Who, type: number, data: object): void =>
    fake.gateway.dispatch('INTERACTION_CREATE', interactionEvent(fake.world, fake.interactions.create(room), people[who], type, data));
  return {
    transport,
    room: at,
    ids: { anna: people.anna.id, mallory: people.mallory.id },
    probe: () => write('anna', '!ping'),
    ways: {
      message: { does: (who, title) => write(who, `!create story ${title}`), isCommand: true },
      mention: { does: (who, title) => write(who, `<@${fake.world.bot.id}> create story ${title}`), isCommand: true },
      direct: {
        does: (who, title) => fake.write(people[who], fake.world.direct(), `create story ${title}`),
        isCommand: true,
        dropped: 'direct messages of whoever has no rights there are not read',
      },
      slash: { does: (who, title) => fake.slash(people[who], room, 'create', { type: 'story', title }), isCommand: true },
      button: {
        does: async (who, title) => {
          const body = doc(paragraph('Make it?'), actions(action('Make', `create story ${title}`)));
          const [ref] = await transport.send(at, body, `${who}-question`, { again: false });
          const message = fake.world.in(room.id).find(({ id }) => id === ref?.id);
          if (message !== undefined) fake.press(people[who], message, 'Make');
        },
        isCommand: true,
      },
      reply: { does: (who, title) => write(who, `!create story ${title}`, { type: 19 }), isCommand: true },
      thread: {
        does: (who, title) => fake.write(people[who], fake.world.thread(room, `of ${who}`), `!create story ${title}`),
        isCommand: true,
      },
      upload: {
        does: (who, title) => write(who, `!create story ${title}`, { attachments: [{ filename: 'a.txt', text: 'x' }] }),
        isCommand: true,
      },
      // Musher makes neither menus nor forms there: forged ones are nothing.
      select: {
        does: (who, title) => forged(who, 3, { component_type: 3, custom_id: 'musher', values: [`create story ${title}`] }),
        isCommand: false,
      },
      modal: {
        does: (who, title) => forged(who, 5, { custom_id: 'musher-create', components: [{ value: title }] }),
        isCommand: false,
      },
      reaction: {
        does: (who) =>
          fake.gateway.dispatch('MESSAGE_REACTION_ADD', {
            user_id: people[who].id,
            channel_id: room.id,
            message_id: fake.world.newId(),
            guild_id: fake.world.guild,
            emoji: { id: null, name: '👍' },
          }),
        isCommand: false,
      },
      edit: {
        does: (who, title) => fake.rewrite(fake.write(people[who], room, 'what do you think?'), `!create story ${title}`),
        isCommand: false,
      },
      deletion: { does: (who) => fake.erase(fake.write(people[who], room, 'what do you think?')), isCommand: false },
      'other bot': {
        does: (who, title) => {
          fake.write(fake.world.person('Robot', { bot: true }), room, `!create story ${title}`);
          write(who, `!create story ${title}`, { webhook_id: fake.world.newId() });
        },
        isCommand: false,
      },
      'own message': { does: (_, title) => fake.write(fake.world.bot, room, `!create story ${title}`), isCommand: false },
      completion: {
        does: (who) => fake.fillIn(people[who], room, 'show', { item: '' }),
        isCommand: false,
      },
      terminal: lack('that is the console'),
    },
    redeliver: () => fake.redeliver(),
    close: () => fake.close(),
  };
}
