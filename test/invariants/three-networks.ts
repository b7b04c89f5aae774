import { FakeDiscord } from '../fakes/discord/discord.ts';
import type { Interaction } from '../fakes/discord/interactions.ts';
import type { Channel, Message, User } from '../fakes/discord/world.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { APP_TOKEN, BOT_TOKEN } from '../fakes/slack/methods.ts';
import { rendered } from '../fakes/slack/shown.ts';
import { FakeSlack } from '../fakes/slack/slack.ts';
import { MatrixRoom } from './matrix-room.ts';
import type { Named, Private, Room } from './messages.ts';

/** A channel of the fake Slack, and a person in it. */
export class SlackRoom implements Room {
  readonly transport = 'slack';
  readonly id = 'C1';
  readonly asked: string[] = [];
  readonly perhaps: string[] = [];
  readonly #slack: FakeSlack;

  constructor(slack: FakeSlack) {
    this.#slack = slack;
  }

  shown(): { id: string; text: string }[] {
    return this.#said(false).map(({ ts, text, blocks }) => ({ id: ts, text: rendered(text, blocks).text }));
  }

  privately(): Private[] {
    return this.#said(true).map(({ text, blocks, by }) => ({ to: by ?? 'nothing', text: rendered(text, blocks).text }));
  }

  /** `answer:<key>:<part>:<handle>` names an answer that has no name of its own by the address that took it. */
  named(ref: string): Named {
    if (!ref.startsWith('answer:')) return { shown: ref };
    const handle = JSON.parse(ref.slice(ref.indexOf('{'))) as { readonly url: string };
    return { to: handle.url };
  }

  #said(privately: boolean): FakeSlack['rooms']['all'] {
    return this.#slack.rooms.all.filter((one) => one.channel === this.id && one.bot && (one.onlyFor !== null) === privately);
  }

  /** `thread`: the message under whose thread it is said. */
  say(text: string, thread: string | null = null): void {
    // What no connection takes is read from the channel's history later.
    const { message } = this.#slack.say(`<@UBOT> ${text}`, { thread });
    this.asked.push(`ev:${this.id}:${message.ts}`);
  }

  /** Resolves when Slack has acknowledged it, or has told the person that nobody did. */
  slash(text: string): Promise<void> {
    const trigger = this.#slack.trigger();
    return this.#acted(`slash:${trigger}`, this.#slack.slash(text, { trigger_id: trigger }));
  }

  press(label: string): void {
    const at = this.#slack.rooms.stamp();
    void this.#acted(`button:${at}:U1`, this.#slack.press(label, 'U1', at));
  }

  /** Slack tells the person where nobody acknowledges. */
  async #acted(id: string, acknowledged: Promise<unknown>): Promise<void> {
    this.perhaps.push(id);
    // Over HTTP a connection that is refused or breaks off says so.
    if ((await acknowledged.catch(() => null)) !== null) this.asked.push(id);
  }
}

/** A channel of the fake Discord, and a person in it. */
class DiscordRoom implements Room {
  readonly transport = 'discord';
  readonly asked: string[] = [];
  readonly perhaps: string[] = [];
  readonly #discord: FakeDiscord;
  readonly #channel: Channel;
  readonly #ada: User;
  readonly #interactions: Interaction[] = [];

  constructor(discord: FakeDiscord) {
    this.#discord = discord;
    this.#channel = discord.world.room();
    this.#ada = discord.world.person('Ada');
  }

  get id(): string {
    return this.#channel.id;
  }

  get ada(): string {
    return this.#ada.id;
  }

  shown(): { id: string; text: string }[] {
    const { world } = this.#discord;
    return world
      .in(this.id)
      .filter(({ author }) => author.id === world.bot.id)
      .map((message) => ({ id: message.id, text: world.read(message) }));
  }

  privately(): Private[] {
    return this.#interactions.flatMap(({ id, answers }) =>
      answers.filter(isPrivate).map((message) => ({ to: id, text: this.#discord.world.read(message) })),
    );
  }

  /** `i|<interaction>|…|<message>` names an answer to an interaction; one for its asker alone stands in no channel. */
  named(ref: string): Named {
    const [kind, of, ...rest] = ref.split('|');
    if (kind !== 'i') return { shown: ref };
    const answers = this.#interactions.find(({ id }) => id === of)?.answers ?? [];
    const name = rest.at(-1);
    const answer = name === '@original' ? answers[0] : answers.find(({ id }) => id === name);
    if (answer === undefined) return { shown: ref };
    return isPrivate(answer) ? { to: of ?? '' } : { shown: answer.id };
  }

  announced(): string[] {
    return this.#interactions.filter(({ phase }) => phase === 'deferred').map(({ id }) => id);
  }

  say(text: string): void {
    this.asked.push(this.#discord.write(this.#ada, this.#channel, `!${text}`).id);
  }

  slash(name: string, values: Record<string, string | number | boolean> = {}): void {
    this.#acted(this.#discord.slash(this.#ada, this.#channel, name, values));
  }

  press(label: string): void {
    const message = [...this.#discord.world.in(this.id), ...this.#interactions.flatMap(({ answers }) => answers.filter(isPrivate))]
      .toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)))
      .findLast(({ components }) => components.some((row) => row.components?.some((one) => one.label === label) === true));
    if (message !== undefined) this.#acted(this.#discord.press(this.#ada, message, label));
  }

  #acted(interaction: Interaction): void {
    this.#interactions.push(interaction);
    this.perhaps.push(interaction.id);
  }

  /** What was answered was taken; of the rest Discord told the person that it failed. */
  settle(): void {
    for (const { id, phase } of this.#interactions) if (phase !== 'open') this.asked.push(id);
  }
}

const isPrivate = ({ flags }: Message): boolean => (flags & 64) !== 0;

/** Slack, Discord and Matrix on the loopback, with one person and one room in each. They live in the test's process and outlive Musher. */
export class ThreeNetworks {
  readonly slack = new FakeSlack();
  readonly discord = new FakeDiscord();
  readonly matrix = new FakeHomeserver();
  readonly rooms: { readonly slack: SlackRoom; readonly discord: DiscordRoom; readonly matrix: MatrixRoom };

  readonly #room: string;

  constructor({ cards = false } = {}) {
    // Cards are what a room has that says nothing.
    this.#room = cards ? '' : 'notify_style = "messages"';
    this.rooms = {
      slack: new SlackRoom(this.slack),
      discord: new DiscordRoom(this.discord),
      matrix: new MatrixRoom(this.matrix, '!room:example.org'),
    };
  }

  async open(): Promise<void> {
    await Promise.all([this.slack.start(), this.discord.open(), this.matrix.listen()]);
  }

  async close(): Promise<void> {
    await Promise.all([this.slack.close(), this.discord.close(), this.matrix.close()]);
  }

  get toml(): string {
    const { slack, discord, matrix } = this;
    const rooms = Object.values(this.rooms).map(
      ({ transport, id }) => `[[room]]\ntransport = "${transport}"\nid = "${id}"\nproject = "shop"\noperator = ["ada"]\n${this.#room}\n`,
    );
    return `
[flood]
burst = 10000
waiting = 10000

[slack]
bot_token = "${BOT_TOKEN}"
app_token = "${APP_TOKEN}"
api_url = "${slack.apiUrl}"

[discord]
token = "${discord.token}"
api_url = "${discord.api}"

[matrix]
homeserver = "${matrix.url}"
access_token = "${matrix.accessToken}"
inviters = ["@ada:example.org"]

[[person]]
name = "ada"
slack = "T1:U1"
discord = "${this.rooms.discord.ada}"
matrix = "@ada:example.org"

${rooms.join('\n')}`;
  }

  /** What the rooms show, for the message of a test that failed. */
  shown(): string {
    const rooms = Object.values(this.rooms);
    return rooms
      .map(
        (room) =>
          `${room.transport}: ${room
            .shown()
            .map(({ text }) => text)
            .join(' | ')}`,
      )
      .join('\n');
  }

  /** How often each network was connected to; all of them more often than `before`: the Musher started since is connected. */
  get connections(): { slack: number; discord: number; matrix: number } {
    const { identifies, resumes } = this.discord.gateway;
    return {
      slack: this.slack.called('apps.connections.open').length,
      discord: identifies.length + resumes.length,
      matrix: this.matrix.requests.filter((request) => request.includes('/sync')).length,
    };
  }

  isConnectedSince(before: ThreeNetworks['connections']): boolean {
    const now = this.connections;
    return (
      now.slack > before.slack &&
      this.slack.sockets.connected > 0 &&
      now.discord > before.discord &&
      this.discord.gateway.connected &&
      now.matrix > before.matrix + 1
    );
  }
}
