import { defineNetwork, WORD_START } from '../network.ts';
import { targetOf, threadOfReply } from './address.ts';
import { commandForm } from './command-form.ts';
import { keys } from './section.ts';

/** Discord: one application with its bot, in any number of servers. */
export const discord = defineNetwork({
  name: 'discord',
  title: 'Discord',
  about: 'A Discord bot (docs/transports/discord.md).',
  keys,
  ids: {
    room: {
      is: /^\d+$/,
      should: 'a channel’s id, which is a number: right-click it, Copy Channel ID',
      brief: 'Discord a number',
      example: '155361364909621248',
    },
    person: {
      is: /^\d+$/,
      should: 'a user’s id, which is a number: right-click them, Copy User ID',
      brief: 'Discord user id.',
      example: '80351110224678912',
    },
  },
  secrets: [
    {
      name: 'Discord token',
      pattern: `${WORD_START}[MNO][A-Za-z0-9_-]{22,28}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,60}`,
      // It begins with nothing that is rare: its two dots are.
      hints: [/\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}/],
    },
    {
      name: 'Discord webhook',
      pattern: 'https://(?:canary\\.|ptb\\.)?discord(?:app)?\\.com/api/webhooks/[0-9]{15,22}/[A-Za-z0-9_-]{40,100}',
      hints: ['/api/webhooks/'],
    },
  ],
  crashPoints: ['network/discord/before-session-kept', 'network/discord/after-post'],

  async doctor(section, rooms, signal) {
    const { examine } = await import('./doctor.ts');
    return examine(section, rooms, signal);
  },

  commandForm,
  isPrivate(to) {
    const target = targetOf(to);
    return target.kind === 'reply' && target.ephemeral;
  },
  inPublic(to) {
    const target = targetOf(to);
    return target.kind === 'reply' ? { ...to, thread: threadOfReply({ ...target, ephemeral: false }) } : to;
  },
  threadOf(to) {
    const { channel } = targetOf(to);
    return channel === to.room ? null : channel;
  },

  async open(section, parts) {
    const { discordTransport } = await import('./discord.ts');
    return discordTransport({
      clock: parts.clock,
      people: parts.people,
      token: section.token,
      rooms: () => new Set(parts.rooms),
      mayWriteDirect: parts.mayWriteDirect,
      state: parts.state,
      catalogue: parts.catalogue,
      report: parts.report,
      ...(parts.draw === undefined ? {} : { draw: parts.draw }),
      ...(section.api_url === undefined ? {} : { api: section.api_url }),
    });
  },
});
