import type { APIInteraction, APIUser } from 'discord.js';
import type { Clock } from '../../../src/clock.ts';
import type { IncomingMessage, IngressKind } from '../../../src/message/address.ts';
import { code, line, type Content } from '../../../src/message/build.ts';
import type { Sink } from '../../transport.ts';
import { NAME, replyHandle, senderOf, threadOfReply, type ReplyHandle } from '../address.ts';
import { customIdOf, pressedBy } from '../render/buttons.ts';
import { modal, writtenIn } from '../render/modal.ts';
import type { Channels } from '../channels.ts';
import type { Published } from './commands.ts';
import { choices, invocation } from './invocation.ts';
import type { DiscordOptions } from '../options.ts';
import { EPHEMERAL } from '../sending/posts.ts';
import type { Replies } from '../sending/replies.ts';
import { rendered } from '../render/render.ts';
import { NOBODY_KNOWN, withNames } from '../../people.ts';
import type { Library } from '../rest.ts';

export interface InteractionsParts {
  readonly library: Library;
  readonly clock: Clock;
  readonly options: DiscordOptions;
  readonly channels: Channels;
  readonly replies: Replies;
  readonly published: Published;
  readonly sink: Sink;
  readonly heard: () => void;
}

/** Receives slash commands and button presses. */
export type TakeInteraction = (interaction: APIInteraction) => void;

/** What an interaction asks for, as text; or why there is nothing to take. */
type Asked =
  | { readonly ingress: IngressKind; readonly text: string; readonly ephemeral: boolean }
  | { readonly refuse: string }
  /** A form that asks for the text of a command. */
  | { readonly form: object; readonly command: string };

/** Interactions become messages for the sink, which has them before anything is answered. */
export function interactions({ library, clock, options, channels, replies, published, sink, heard }: InteractionsParts): TakeInteraction {
  const { InteractionType } = library;
  const { report, people = NOBODY_KNOWN } = options;

  const asked = (interaction: APIInteraction): Asked => {
    if (interaction.type === InteractionType.ApplicationCommand && interaction.data.type === library.ApplicationCommandType.ChatInput) {
      const command = published.byName.get(interaction.data.name);
      if (command === undefined) return { refuse: 'Musher no longer has that command. Reload your Discord client to see the new ones.' };
      const given = interaction.data as { readonly options?: Parameters<typeof invocation>[1] };
      const { text, visible } = invocation(command, given.options ?? []);
      return { ingress: 'slash', text, ephemeral: !visible };
    }
    if (interaction.type === InteractionType.MessageComponent) {
      const pressed = pressedBy(interaction.data.custom_id, options.state);
      if (pressed === null) return { refuse: 'That button is outdated. Type the command instead.' };
      if (pressed.asks !== null)
        return { form: modal(customIdOf({ command: pressed.command }, options.state), pressed.asks), command: pressed.command };
      // Everyone who sees the button sees the answer.
      return { ingress: 'button', text: pressed.command, ephemeral: isEphemeral(interaction.message) };
    }
    if (interaction.type === InteractionType.ModalSubmit) {
      const pressed = pressedBy(interaction.data.custom_id, options.state);
      if (pressed === null) return { refuse: 'That form is outdated. Type the command instead.' };
      const text = `${pressed.command} ${writtenIn(interaction.data.components)}`;
      return { ingress: 'modal', text, ephemeral: isEphemeral(interaction.message) };
    }
    return { refuse: 'Musher can’t handle this kind of interaction. Type the command instead.' };
  };
  const refuse = (handle: ReplyHandle, ...words: Content[]): void => {
    const [message] = rendered(line(...words), () => '');
    if (message !== undefined) replies.refuse(handle, message).catch(report);
  };

  return (interaction) => {
    const user = userOf(interaction);
    if (interaction.type === InteractionType.Ping || user === undefined || user.bot === true) return;
    const channel = interaction.channel?.id ?? '';
    const room =
      interaction.guild_id === undefined ? channel : channels.learn(interaction.channel as Parameters<Channels['learn']>[0]).room;
    const direct = interaction.guild_id === undefined;
    const served = direct ? options.mayWriteDirect(user.id) : options.rooms().has(room);

    if (interaction.type === InteractionType.ApplicationCommandAutocomplete) {
      const command = published.byName.get(interaction.data.name);
      const typist = { sender: senderOf(user), at: { transport: NAME, room, thread: null }, ingress: 'slash', direct } as const;
      const found =
        served && command !== undefined && options.catalogue !== null ? choices(options.catalogue, command, interaction.data, typist) : [];
      replies.choices(interaction.id, interaction.token, found).catch(report);
      return;
    }
    const what = asked(interaction);
    const ephemeral = !('ingress' in what) || what.ephemeral;
    const handle = replyHandle(interaction.id, interaction.token, channel, ephemeral, user.id, clock.now());
    if (!served) {
      refuse(
        handle,
        interaction.guild_id === undefined
          ? 'You have no role in direct messages. An admin can add you in bot.toml.'
          : `Musher is not set up for this channel. An admin can add it to bot.toml as a room with the id ${room}.`,
      );
      return;
    }
    if ('refuse' in what) return refuse(handle, what.refuse);
    heard();
    if ('form' in what) {
      replies.ask(interaction.id, interaction.token, what.form).catch((error: unknown) => {
        report(error);
        refuse(handle, 'The field could not be opened. Type the command instead: ', code(`${what.command} <text>`));
      });
      return;
    }
    const sender = senderOf(user, interaction.member?.nick);
    people.called(sender.id, sender.name);
    const message: IncomingMessage = {
      id: interaction.id,
      at: { transport: NAME, room, thread: threadOfReply(handle) },
      sender,
      ingress: what.ingress,
      direct,
      text: withNames(what.text, (id) => people.nameOf(id)),
    };
    try {
      const outcome = sink(message);
      if (outcome === 'ignored') refuse(handle, 'Musher did not take this as a command, so nothing was done. Type the command instead.');
      else replies.expect(handle);
    } catch (error) {
      report(error);
      refuse(handle, 'Your command could not be stored, so nothing was done. Try again; the log file has the details.');
    }
  };
}

function isEphemeral(message: { readonly flags?: number } | undefined): boolean {
  return ((message?.flags ?? 0) & EPHEMERAL) !== 0;
}

/** In a guild the event has a member, elsewhere only a user. */
function userOf(interaction: APIInteraction): APIUser | undefined {
  return interaction.member?.user ?? interaction.user;
}
