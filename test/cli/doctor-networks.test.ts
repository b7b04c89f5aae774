import { chmodSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FakeDiscord } from '../fakes/discord/discord.ts';
import { FakeHomeserver } from '../fakes/matrix/homeserver.ts';
import { APP_TOKEN, BOT_TOKEN } from '../fakes/slack/methods.ts';
import { FakeSlack } from '../fakes/slack/slack.ts';
import { musherHere, repository, sandbox, write } from './sandbox.ts';

const PROJECT =
  'base_branch = "trunk"\n[[gate]]\nname = "test"\ncommand = "sh run-tests"\n[[agent]]\nname = "coder"\nstage = "coder"\nruntime = "command"\ncommand = ["sh"]\n';

/** What the doctor says of the networks of a `bot.toml`. */
async function doctor(networks: string): Promise<{ exitCode: number; lines: string[] }> {
  const { folder, home } = sandbox();
  await repository(join(folder, 'shop'), { '.musher/project.toml': PROJECT });
  write(folder, { 'bot.toml': `data_dir = "data"\n[[project]]\nname = "shop"\npath = "shop"\n${networks}` });
  chmodSync(join(folder, 'bot.toml'), 0o600);
  const { exitCode, stdout } = await musherHere(folder, home, ['doctor']);
  return {
    exitCode,
    lines: stdout.split('\n').filter((line) => /(?:matrix|slack|discord|config): /.test(line) && !/ok +config/.test(line)),
  };
}

const room = (transport: string, id: string): string => `[[room]]\ntransport = "${transport}"\nid = "${id}"\nproject = "shop"\n`;

async function openSlack(): Promise<FakeSlack> {
  const slack = new FakeSlack();
  await slack.start();
  onTestFinished(() => slack.close());
  return slack;
}
const slackToml = (slack: FakeSlack, more = `app_token = "${APP_TOKEN}"`, token = BOT_TOKEN): string =>
  `[slack]\nbot_token = "${token}"\napi_url = "${slack.apiUrl}"\n${more}\n`;

it('finds nothing wrong with networks where all is there', async () => {
  const slack = await openSlack();
  const [discord, matrix] = [new FakeDiscord(), new FakeHomeserver()];
  await Promise.all([discord.open(), matrix.listen()]);
  onTestFinished(async () => void (await Promise.all([discord.close(), matrix.close()])));
  matrix.createRoom('!room:example.org');
  const channel = discord.world.room();
  const { exitCode, lines } = await doctor(
    `${slackToml(slack)}[discord]\ntoken = "${discord.token}"\napi_url = "${discord.api}"\n[matrix]\nhomeserver = "${matrix.url}"\naccess_token = "${matrix.accessToken}"\n` +
      room('slack', 'C1') +
      room('discord', channel.id) +
      room('matrix', '!room:example.org'),
  );
  expect(exitCode).toBe(0);
  expect(lines).toEqual([
    `ok    matrix: signed in as ${matrix.me}`,
    'ok    discord: signed in as musher',
    'ok    slack: signed in as musher in Team',
    'ok    slack: Socket Mode is on',
  ]);
});

it('says which token is not taken, and shows none', async () => {
  const slack = await openSlack();
  const [discord, matrix] = [new FakeDiscord(), new FakeHomeserver()];
  await Promise.all([discord.open(), matrix.listen()]);
  onTestFinished(async () => void (await Promise.all([discord.close(), matrix.close()])));
  const { exitCode, lines } = await doctor(
    `${slackToml(slack, undefined, 'xoxb-obviously-wrong')}[discord]\ntoken = "obviously-wrong"\napi_url = "${discord.api}"\n[matrix]\nhomeserver = "${matrix.url}"\naccess_token = "obviously-wrong"\n`,
  );
  expect(exitCode).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(/^FAIL +matrix: The homeserver rejected the access token.* -> Log in as the bot again/),
    expect.stringMatching(/^FAIL +discord: Discord rejected the token -> Reset it/),
    expect.stringMatching(/^FAIL +slack: Slack refused the connection: Slack answered invalid_auth -> The bot token is not valid/),
  ]);
  expect(lines.join('\n')).not.toContain('obviously-wrong');
});

it('names rooms that are not there, and permissions that are missing', async () => {
  const slack = await openSlack();
  slack.scopes = ['chat:write', 'commands', 'channels:history'];
  const [discord, matrix] = [new FakeDiscord(), new FakeHomeserver()];
  await Promise.all([discord.open(), matrix.listen()]);
  onTestFinished(async () => void (await Promise.all([discord.close(), matrix.close()])));
  discord.rest.applicationFlags = 0;
  const { exitCode, lines } = await doctor(
    `${slackToml(slack, 'app_token = "xapp-wrong"')}[discord]\ntoken = "${discord.token}"\napi_url = "${discord.api}"\n[matrix]\nhomeserver = "${matrix.url}"\naccess_token = "${matrix.accessToken}"\n` +
      room('slack', 'C9') +
      room('discord', '123456789012345678') +
      room('matrix', '!gone:example.org'),
  );
  expect(exitCode).toBe(1);
  expect(lines).toEqual([
    expect.stringMatching(/^ok +matrix/),
    expect.stringMatching(/^warn +matrix: .* is not in !gone:example\.org -> Invite /),
    expect.stringMatching(/^ok +discord/),
    expect.stringMatching(/^FAIL +discord: the bot is not allowed to read messages -> Turn on “Message Content Intent”/),
    expect.stringMatching(/^warn +discord: the channel 123456789012345678 cannot be seen \(HTTP 404\) -> /),
    expect.stringMatching(/^ok +slack/),
    expect.stringMatching(
      /^FAIL +slack: the bot token lacks app_mentions:read, groups:history, .*reactions:write, users:read -> Update the app/,
    ),
    expect.stringMatching(/^FAIL +slack: Socket Mode does not connect: Slack answered invalid_auth -> The app-level token is not valid/),
    expect.stringMatching(/^warn +slack: the channel C9 cannot be read: not_in_channel -> Invite the app/),
  ]);
});

it('finds a port that is taken, a network that does not answer, and a secret with a slip in it', async () => {
  const slack = await openSlack();
  const taken = createServer();
  await new Promise<void>((resolve) => {
    taken.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void taken.close());
  const { port } = taken.address() as AddressInfo;
  const gone = await openSlack();
  const { apiUrl } = gone;
  await gone.close();
  const over = await doctor(slackToml(slack, `mode = "http"\nsigning_secret = "secret"\nport = ${port}`));
  expect(over.lines[1]).toMatch(/^FAIL +slack: 127\.0\.0\.1:\d+ cannot be opened: EADDRINUSE -> Stop the program/);
  const away = await doctor(`[slack]\nbot_token = "x"\napp_token = "y"\napi_url = "${apiUrl}"\n`);
  expect(away.lines).toEqual([expect.stringMatching(/^FAIL +slack: cannot be reached: .*ECONNREFUSED.* -> Check/)]);
  const slip = await doctor(slackToml(slack, `mode = "http"\nsigning_secret = " "`));
  expect(slip.lines[0]).toMatch(/^FAIL +config: .*slack\.signing_secret: must be one word of plain characters/);
  const broken = await doctor(slackToml(slack, undefined, 'xoxb-wrong\\nsecond'));
  expect(broken.lines.join('\n')).not.toContain('xoxb-wrong');
});
