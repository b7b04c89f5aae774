import { expect } from 'vitest';
import type { NotifyStyle } from '../../src/config/choices.ts';
import { FakeDiscord } from '../fakes/discord/discord.ts';
import type { Interaction } from '../fakes/discord/interactions.ts';
import type { Channel, Message, User } from '../fakes/discord/world.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { seenMessages, type SeenMessage } from '../fakes/matrix/room-view.ts';
import { APP_TOKEN, BOT_TOKEN } from '../fakes/slack/methods.ts';
import { FakeSlack } from '../fakes/slack/slack.ts';
import { Bench, until, type ProjectFile } from './harness.ts';

export const NETWORK_NAMES = ['slack', 'discord', 'matrix'] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number];

const MATRIX_ROOM = '!room:example.org';

/** A Musher with a room in each network, all for the project `shop`, and ada, who may steer in each. */
export class ThreeNetworks {
  readonly slack = new FakeSlack();
  readonly discord = new FakeDiscord();
  readonly matrix = new FakeHomeserver();
  readonly bench: Bench;
  readonly room: Channel;
  readonly ada: User;

  private constructor(project: ProjectFile) {
    this.bench = new Bench(project);
    this.room = this.discord.world.room();
    this.ada = this.discord.world.person('Ada');
  }

  /** `room`: further lines of each `[[room]]`; `style`: null: rooms say nothing of it. */
  static async open(
    project: ProjectFile,
    { room = '', style = 'messages' }: { readonly room?: string; readonly style?: NotifyStyle | null } = {},
  ): Promise<ThreeNetworks> {
    const all = new ThreeNetworks(project);
    await Promise.all([all.slack.start(), all.discord.open(), all.matrix.listen()]);
    all.matrix.createRoom(MATRIX_ROOM);
    all.bench.append('bot.toml', all.#toml(style === null ? room : `${room}\nnotify_style = "${style}"`));
    return all;
  }

  #toml(room: string): string {
    const rooms = { slack: 'C1', discord: this.room.id, matrix: MATRIX_ROOM };
    return `
[slack]
bot_token = "${BOT_TOKEN}"
app_token = "${APP_TOKEN}"
api_url = "${this.slack.apiUrl}"

[discord]
token = "${this.discord.token}"
api_url = "${this.discord.api}"

[matrix]
homeserver = "${this.matrix.url}"
access_token = "${this.matrix.accessToken}"
inviters = ["@ada:example.org"]

[[person]]
name = "ada"
slack = "T1:U1"
discord = "${this.ada.id}"
matrix = "@ada:example.org"

${NETWORK_NAMES.map((name) => `[[room]]\ntransport = "${name}"\nid = "${rooms[name]}"\nproject = "shop"\noperator = ["ada"]\n${room}\n`).join('\n')}`;
  }

  write(network: NetworkName, text: string): void {
    if (network === 'slack') void this.slack.say(`<@UBOT> ${text}`);
    else if (network === 'discord') void this.discord.write(this.ada, this.room, `!${text}`);
    else void this.matrix.say(MATRIX_ROOM, `!${text}`);
  }

  /** Ada presses the button of the newest message that has it. */
  async press(network: 'slack' | 'discord', label: string): Promise<void> {
    if (network === 'slack') return void (await this.slack.press(label));
    const { world } = this.discord;
    const message = world.in(this.room.id).findLast((one) => world.read(one).includes(`[${label}]`));
    if (message === undefined) throw new Error(`no button ${label}`);
    this.discord.press(this.ada, message, label);
  }

  /** The form behind a button of Discord that asks for a text, once it is open. */
  async opened(network: 'discord', label: string): Promise<{ readonly press: Interaction; readonly message: Message }> {
    const { world } = this.discord;
    const message = world.in(this.room.id).findLast((one) => world.read(one).includes(`[${label}]`));
    if (message === undefined) throw new Error(`no button ${label} in ${network}`);
    const press = this.discord.press(this.ada, message, label);
    await until(
      () => press.modal !== null,
      () => `a form behind ${label}`,
    );
    return { press, message };
  }

  submit({ press, message }: Awaited<ReturnType<ThreeNetworks['opened']>>, text: string): void {
    this.discord.submit(this.ada, press, text, message);
  }

  /** A person presses the newest button of that name, writes into its field and sends it. */
  async fillIn(network: 'slack' | 'discord', label: string, text: string, user = 'U1'): Promise<void> {
    if (network === 'discord') return this.submit(await this.opened('discord', label), text);
    const before = this.slack.views.length;
    await this.slack.press(label, user);
    await until(
      () => this.slack.views.length > before,
      () => `a form behind ${label}`,
    );
    await this.slack.fillIn(text, user);
  }

  /** Somebody puts Musher out of the Matrix room, or lets it in again, with nothing said of it by a sync. */
  matrixIsIn(joined: boolean): void {
    const room = this.matrix.rooms.get(MATRIX_ROOM);
    if (room !== undefined) room.joined = joined;
  }

  /** All that Musher said in the room and its threads. */
  said(network: NetworkName): string {
    if (network === 'slack') return this.slack.rooms.said('C1').join('\n');
    if (network === 'matrix')
      return this.#seen()
        .map(({ text }) => text)
        .join('\n');
    const { world } = this.discord;
    const threads = [...world.channels.values()].filter(({ parent_id: parent }) => parent === this.room.id);
    return [this.room, ...threads].map(({ id }) => world.shown(id)).join('\n');
  }

  /** What a person reads in the room without opening a thread. */
  inRoom(network: NetworkName): string {
    if (network === 'slack') return this.slack.rooms.inChannel('C1').join('\n');
    if (network === 'discord') return this.discord.world.shown(this.room.id);
    return this.#seen()
      .filter(({ thread }) => thread === null)
      .map(({ text }) => text)
      .join('\n');
  }

  /**
   * What stands in the threads under the messages of the room that have this text, all together; null where there is none.
   * The answer to a command may say the same as the message that an item's thread is under.
   */
  inThread(network: NetworkName, under: string): string | null {
    const threads = this.#threadsUnder(network, under).filter((text) => text !== '');
    return threads.length === 0 ? null : threads.join('\n');
  }

  #threadsUnder(network: NetworkName, under: string): string[] {
    if (network === 'slack')
      return this.slack.rooms.all
        .filter((one) => one.channel === 'C1' && one.bot && one.thread === null && one.text.includes(under))
        .map(({ ts }) => this.slack.rooms.inThread('C1', ts).join('\n'));
    if (network === 'discord') {
      const { world } = this.discord;
      const roots = world.in(this.room.id).filter((one) => world.read(one).includes(under) && world.channels.has(one.id));
      return roots.map(({ id }) => world.shown(id));
    }
    const seen = this.#seen();
    const roots = seen.filter(({ text, thread }) => thread === null && text.includes(under));
    return roots.map(({ id }) =>
      seen
        .filter(({ thread }) => thread === id)
        .map(({ text }) => text)
        .join('\n'),
    );
  }

  #seen(): SeenMessage[] {
    return seenMessages(this.matrix.rooms.get(MATRIX_ROOM)?.events ?? [], this.matrix.me);
  }

  shows(network: NetworkName, text: string): Promise<void> {
    return until(
      () => this.said(network).includes(text),
      () => `${text} in ${network}:\n${this.said(network)}`,
    );
  }

  /** Musher is connected where it can be: what was said before is no command. */
  connected(...networks: readonly NetworkName[]): Promise<void> {
    return until(
      () =>
        (!networks.includes('slack') || this.slack.sockets.connected > 0) &&
        (!networks.includes('discord') || this.discord.gateway.identifies.length > 0) &&
        (!networks.includes('matrix') || this.matrix.requests.filter((request) => request.includes('/sync')).length > 1),
      () => `a connection to ${networks.join(', ')}`,
    );
  }

  async close(): Promise<void> {
    await this.bench.close();
    await Promise.all([this.slack.close(), this.discord.close(), this.matrix.close()]);
  }
}

/** Each step was told once, and in order. */
export function expectEachStepOnce(said: string, steps: readonly string[]): void {
  const at = steps.map((step) => said.indexOf(step));
  for (const step of steps) expect(said).toContain(step);
  expect(at.toSorted((a, b) => a - b)).toEqual(at);
  for (const step of steps) expect(said.split(step), `“${step}” is said once in:\n${said}`).toHaveLength(2);
}

/** An item whose first attempt fails and whose second is good. */
export const SECOND_TRY = 'create story Price\ndo coder@1: exit 3\ndo coder@2: write price.txt 9; commit; usage 1 1 0; success';

/** In threads: the first step begins it, the next stands in it, the last where nobody misses it. */
export function expectThreads(all: ThreeNetworks): void {
  for (const network of NETWORK_NAMES) {
    const [room, thread] = [all.inRoom(network), all.inThread(network, ': started') ?? ''];
    expect(room).toContain(': started');
    expect(room).toContain(' merged into');
    for (const step of ['queued to merge', 'attempt 2 of']) {
      expect(room).not.toContain(step);
      expect(thread).toContain(step);
    }
    // Slack shows one message at both places.
    expect(thread.includes(' merged into')).toBe(network === 'slack');
    expectEachStepOnce(network === 'slack' ? thread : `${thread}\n${room.slice(room.indexOf(' merged into'))}`, [
      'attempt 2 of',
      'queued to merge',
      ' merged into',
    ]);
  }
}
