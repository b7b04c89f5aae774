import type { Channel, Message, User, World } from './world.ts';

const EPHEMERAL = 64;
const MODAL = 9;

/** A form that an application shows, as far as it is checked here. */
export interface Modal {
  readonly custom_id: string;
  readonly title: string;
  readonly components: readonly { readonly type: number; readonly label?: string; readonly component?: { readonly custom_id: string } }[];
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One use of a slash command, a button or an autocompletion, from the person's side. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly channel: Channel;
  readonly createdAt: number;
  phase: 'open' | 'deferred' | 'answered';
  ephemeral: boolean;
  /** What was said to it, in order; what only the asker sees among it. */
  readonly answers: Message[];
  choices: readonly { readonly name: string; readonly value: string | number }[] | null;
  /** The form that the person is shown. */
  modal: Modal | null;
}

/** Interactions with Discord's deadlines: 3 s for the first answer, 15 min for all. */
export class Interactions {
  firstAnswerMs = 3_000;
  tokenMs = 15 * 60_000;
  readonly all = new Map<string, Interaction>();
  readonly #world: World;
  readonly #announce: (message: Message) => void;

  constructor(world: World, announce: (message: Message) => void) {
    this.#world = world;
    this.#announce = announce;
  }

  create(channel: Channel): Interaction {
    const id = this.#world.newId();
    const interaction: Interaction = {
      id,
      token: `token_${id}`,
      channel,
      createdAt: Date.now(),
      phase: 'open',
      ephemeral: false,
      answers: [],
      choices: null,
      modal: null,
    };
    this.all.set(interaction.token, interaction);
    return interaction;
  }

  /** Whether the person's client says that the application did not respond. */
  failed(interaction: Interaction): boolean {
    return interaction.phase === 'open' && interaction.choices === null && Date.now() - interaction.createdAt > this.firstAnswerMs;
  }

  callback(
    token: string,
    type: number,
    data: Partial<Message> & { readonly choices?: Interaction['choices'] },
    files: Message['attachments'] = [],
  ): Answer {
    const interaction = this.all.get(token);
    if (interaction === undefined || (interaction.phase === 'open' && Date.now() - interaction.createdAt > this.firstAnswerMs)) {
      return { status: 404, body: { code: 10062, message: 'Unknown interaction' } };
    }
    if (interaction.phase !== 'open') return { status: 400, body: { code: 40060, message: 'Interaction has already been acknowledged.' } };
    if (type === 8) {
      interaction.choices = data.choices ?? [];
      interaction.phase = 'answered';
      return { status: 200, body: {} };
    }
    if (type === MODAL) {
      const modal = data as unknown as Modal;
      if (!isModal(modal)) return { status: 400, body: { code: 50035, message: 'Invalid Form Body' } };
      interaction.modal = modal;
      interaction.phase = 'answered';
      return { status: 204, body: null };
    }
    interaction.ephemeral = ((data.flags ?? 0) & EPHEMERAL) !== 0;
    interaction.phase = type === 5 ? 'deferred' : 'answered';
    const message = type === 4 ? this.#answer(interaction, { ...data, attachments: files }) : null;
    return { status: 200, body: { interaction: { id: interaction.id }, ...(message === null ? {} : { resource: { type: 4, message } }) } };
  }

  followUp(token: string, data: Partial<Message>, files: Message['attachments'] = []): Answer {
    const interaction = this.#open(token);
    if (interaction === null) return { status: 404, body: { code: 10015, message: 'Unknown Webhook' } };
    // The first follow-up to a deferred interaction is its answer.
    interaction.phase = 'answered';
    return { status: 200, body: this.#answer(interaction, { ...data, attachments: files }) };
  }

  edit(token: string, id: string, data: Partial<Message>, files: Message['attachments']): Answer {
    const interaction = this.#open(token);
    if (interaction === null) return { status: 404, body: { code: 10015, message: 'Unknown Webhook' } };
    if (id === '@original' && interaction.phase === 'deferred') {
      interaction.phase = 'answered';
      return {
        status: 200,
        body: this.#answer(interaction, {
          ...data,
          attachments: files,
          flags: (data.flags ?? 0) | (interaction.ephemeral ? EPHEMERAL : 0),
        }),
      };
    }
    const message = id === '@original' ? interaction.answers[0] : interaction.answers.find((one) => one.id === id);
    if (message === undefined) return { status: 404, body: { code: 10008, message: 'Unknown Message' } };
    message.content = data.content?.trim() ?? message.content;
    message.components = data.components ?? message.components;
    if (files.length > 0) message.attachments = files;
    return { status: 200, body: message };
  }

  /** Also of what only says that an answer comes. */
  remove(token: string, id: string): Answer {
    const interaction = this.#open(token);
    if (interaction === null) return { status: 404, body: { code: 10015, message: 'Unknown Webhook' } };
    const isWaiting = id === '@original' && interaction.phase === 'deferred';
    const at = id === '@original' ? 0 : interaction.answers.findIndex((one) => one.id === id);
    if (!isWaiting && interaction.answers[at] === undefined) return { status: 404, body: { code: 10008, message: 'Unknown Message' } };
    if (!isWaiting) interaction.answers.splice(at, 1);
    interaction.phase = 'answered';
    return { status: 204, body: null };
  }

  #open(token: string): Interaction | null {
    const interaction = this.all.get(token);
    if (interaction === undefined || interaction.phase === 'open') return null;
    return Date.now() - interaction.createdAt > this.tokenMs ? null : interaction;
  }

  #answer(interaction: Interaction, data: Partial<Message>): Message {
    const ephemeral = ((data.flags ?? 0) & EPHEMERAL) !== 0;
    const message = {
      channel_id: interaction.channel.id,
      author: this.#world.bot,
      type: 20,
      content: data.content?.trim() ?? '',
      flags: data.flags ?? 0,
      components: data.components ?? [],
      attachments: data.attachments ?? [],
      webhook_id: this.#world.application,
    };
    const added: Message = ephemeral
      ? { ...message, id: this.#world.newId(), timestamp: new Date().toISOString() }
      : this.#world.add(message);
    interaction.answers.push(added);
    if (!ephemeral) this.#announce(added);
    return added;
  }
}

/** Every field stands in a label (type 18) of its own. */
function isModal({ custom_id: id, title, components }: Modal): boolean {
  const fits = (text: string | undefined, most: number): boolean => text !== undefined && text !== '' && text.length <= most;
  const fields = components.every((one) => one.type === 18 && fits(one.label, 45) && fits(one.component?.custom_id, 100));
  return fits(id, 100) && fits(title, 45) && components.length > 0 && components.length <= 5 && fields;
}

/** The event of an interaction as the gateway sends it. */
export function interactionEvent(
  world: World,
  interaction: Interaction,
  user: User,
  type: number,
  data: object,
  message?: Message,
): object {
  const { channel } = interaction;
  const guild = channel.guild_id;
  return {
    id: interaction.id,
    application_id: world.application,
    type,
    data,
    token: interaction.token,
    version: 1,
    channel_id: channel.id,
    channel: { id: channel.id, type: channel.type, name: channel.name, parent_id: channel.parent_id ?? null },
    ...(guild === undefined ? { user } : { guild_id: guild, member: { user, roles: [] } }),
    ...(message === undefined ? {} : { message }),
  };
}
