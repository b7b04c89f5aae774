import { afterEach, beforeEach, expect, test } from 'vitest';
import { FakeDiscord } from '../fakes/discord/discord.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { seenMessages } from '../fakes/matrix/room-view.ts';
import { APP_TOKEN, BOT_TOKEN } from '../fakes/slack/methods.ts';
import { FakeSlack } from '../fakes/slack/slack.ts';
import { Bench, until } from './harness.ts';

const MATRIX_ROOM = '!room:example.org';
const STEPS = ['backlog → current', 'current → qa', 'qa → merge', 'merge → done'];
let bench: Bench;
let slack: FakeSlack;
let discord: FakeDiscord;
let matrix: FakeHomeserver;
let said: Record<'slack' | 'discord' | 'matrix', () => string>;
let write: Record<'slack' | 'discord' | 'matrix', (text: string) => void>;

beforeEach(async () => {
  [slack, discord, matrix] = [new FakeSlack(), new FakeDiscord(), new FakeHomeserver()];
  await Promise.all([slack.start(), discord.open(), matrix.listen()]);
  matrix.createRoom(MATRIX_ROOM);
  const room = discord.world.room();
  const ada = discord.world.person('Ada');
  bench = new Bench({ top: 'qa = "human"' });
  bench.append(
    'bot.toml',
    `
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
discord = "${ada.id}"
matrix = "@ada:example.org"

${[
  ['slack', 'C1'],
  ['discord', room.id],
  ['matrix', MATRIX_ROOM],
]
  .map(([network, id]) => `[[room]]\ntransport = "${network}"\nid = "${id}"\nproject = "shop"\noperator = ["ada"]\n`)
  .join('\n')}`,
  );
  said = {
    slack: () => slack.rooms.said('C1').join('\n'),
    discord: () => discord.world.shown(room.id),
    matrix: () =>
      seenMessages(matrix.rooms.get(MATRIX_ROOM)?.events ?? [], matrix.me)
        .map(({ text }) => text)
        .join('\n'),
  };
  write = {
    slack: (text) => void slack.say(`<@UBOT> ${text}`),
    discord: (text) => void discord.write(ada, room, `!${text}`),
    matrix: (text) => void matrix.say(MATRIX_ROOM, `!${text}`),
  };
});
afterEach(async () => {
  await bench.close();
  await Promise.all([slack.close(), discord.close(), matrix.close()]);
});

/** Musher is connected where it can be: what was said before is no command. */
const connected = (...networks: readonly (keyof typeof said)[]): Promise<void> =>
  until(
    () =>
      (!networks.includes('slack') || slack.sockets.connected > 0) &&
      (!networks.includes('discord') || discord.gateway.identifies.length > 0) &&
      (!networks.includes('matrix') || matrix.requests.filter((request) => request.includes('/sync')).length > 1),
    () => `a connection to ${networks.join(', ')}`,
  );

const shows = (network: keyof typeof said, text: string): Promise<void> =>
  until(
    () => said[network]().includes(text),
    () => `${text} in ${network}:\n${said[network]()}`,
  );

test('one item is made in one network, started in another and approved in a third, and all three rooms follow it', async () => {
  const musher = bench.service();
  await connected('slack', 'discord', 'matrix');
  write.matrix('create story Price');
  await shows('matrix', 'Created the story 1');
  write.slack('start 1');
  await shows('slack', 'is started');
  await shows('discord', 'current → qa');
  write.discord('approve 1');
  for (const network of ['slack', 'discord', 'matrix'] as const) {
    await shows(network, 'merge → done');
    // Each step once, and in order.
    const at = STEPS.map((step) => said[network]().indexOf(step));
    expect(at.toSorted((a, b) => a - b)).toEqual(at);
    for (const step of STEPS) expect(said[network]().split(step)).toHaveLength(2);
  }
  const moves = bench.only('item.moved', 1).map(({ actor, payload }) => `${actor} ${payload.to.name}`);
  expect(moves).toEqual(['person:ada current', 'musher qa', 'person:ada merge', 'musher done']);
  expect((await musher.kill('SIGTERM')).code).toBe(0);
});

test('a network that can not be reached keeps neither the others nor the work from going on', async () => {
  bench.expectedProblems.push(/discord/);
  await discord.close();
  const musher = bench.service();
  await connected('slack', 'matrix');
  write.matrix('create story Price');
  await shows('matrix', 'Created the story 1');
  write.slack('start 1');
  await shows('slack', 'current → qa');
  write.slack('health');
  await shows('slack', '3 of 4 networks online.');
  expect((await musher.kill('SIGTERM')).code).toBe(0);
});
