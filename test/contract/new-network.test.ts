import { namesOf } from '../../src/decide/people.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { networkTransports } from '../../src/app/networks.ts';
import { rightsFrom } from '../../src/bot/rights/rights.ts';
import { networksOf } from '../../src/cli/doctor/networks.ts';
import { systemClock } from '../../src/clock.ts';
import { loadSettings } from '../../src/config/load.ts';
import { botExample, configurationPage } from '../../src/config/read/reference.ts';
import type { Settings } from '../../src/config/settings.ts';
import { Log } from '../../src/log/log.ts';
import { command, line } from '../../src/message/build.ts';
import type { IncomingMessage } from '../../src/message/address.ts';
import { redactorFor } from '../../src/redaction/redactor.ts';
import { COMMANDS } from '../../commands/index.ts';
import { LOCAL, NETWORKS } from '../../transports/index.ts';
import { CODER, workspace } from '../config/workspace.ts';
import { dummy } from '../fakes/dummy/network.ts';
import { openSwitchboard, type Switchboard } from '../fakes/dummy/switchboard.ts';

const ROOT = join(import.meta.dirname, '../..');
/** The one line by which a network is registered. */
const WITH_DUMMY = [...NETWORKS, dummy];

const BOT = `
[[project]]
name = "shop"
path = "shop"

[dummy]
switchboard = "new"
token = "env:TOKEN"

[[person]]
name = "ada"
dummy = "p-1"

[[room]]
transport = "dummy"
id = "line-7"
project = "shop"
operator = ["ada"]
`;

function load(bot: string): ReturnType<typeof loadSettings> {
  const folder = workspace({ 'bot.toml': bot, 'shop/.musher/project.toml': CODER });
  return loadSettings(join(folder, 'bot.toml'), { HOME: '/home/ada', TOKEN: 'dummy_00000000000000000000' }, WITH_DUMMY);
}
function settingsOf(bot = BOT): Settings {
  const loaded = load(bot);
  if (!loaded.ok) throw loaded.error;
  return loaded.value;
}
function problemsOf(bot: string): string {
  const loaded = load(bot);
  return loaded.ok ? '' : loaded.error.message;
}
function switchboard(): Switchboard {
  const { board, close } = openSwitchboard('new');
  board.rooms.add('line-7');
  onTestFinished(close);
  return board;
}

it('has a section, ids of people and rooms in bot.toml, and secrets that are kept', () => {
  const { networks, people, rooms, secrets } = settingsOf();
  expect(networks).toEqual([{ name: 'dummy', section: { switchboard: 'new', token: 'dummy_00000000000000000000' } }]);
  expect(people).toEqual([{ name: 'ada', ids: ['dummy:p-1'] }]);
  expect(rooms).toMatchObject([{ transport: 'dummy', id: 'line-7' }]);
  expect(secrets).toEqual(['dummy_00000000000000000000']);
});

it.each([
  [
    'a key that it does not know',
    BOT.replace('switchboard = "new"', 'switchboard = "new"\nswichboard = "old"'),
    /dummy\.swichboard: .*switchboard/,
  ],
  ['a room that can be none', BOT.replace('line-7', 'lobby'), /room\[1\]\.id: must be the number of a line/],
  ['a person who can be none', BOT.replace('p-1', 'ada'), /person\[1\]\.dummy: must be the number of a person/],
  [
    'a role for somebody who can be nobody',
    BOT.replace('["ada"]', '["dummy:ada"]'),
    /room\[1\]\.operator\[1\]: must be the number of a person/,
  ],
  ['what its section alone can tell', BOT.replace('switchboard = "new"', 'switchboard = "new"\nowner = "p-0"'), /dummy\.owner: is nobody/],
  ['a room of it without its section', BOT.replace(/\[dummy\]\n.*\n.*\n/, ''), /room\[1\]\.transport: there is no \[dummy\]/],
])('the configuration refuses %s', (_, bot, message) => {
  expect(problemsOf(bot)).toMatch(message);
});

it('stands in the documentation and in the example', () => {
  expect(configurationPage(WITH_DUMMY)).toContain('### `[dummy]`');
  expect(configurationPage(WITH_DUMMY)).toContain('Which switchboard to call.');
  expect(botExample(WITH_DUMMY)).toContain('[dummy]');
  expect(configurationPage()).not.toContain('[dummy]');
});

it('is looked at by doctor', async () => {
  const board = switchboard();
  const subject = { settings: settingsOf(), dataDir: null, env: {}, cwd: '/' };
  expect(await networksOf(WITH_DUMMY, subject)).toMatchObject([{ level: 'ok', subject: 'dummy' }]);
  board.rooms.clear();
  expect(await networksOf(WITH_DUMMY, subject)).toMatchObject([{ level: 'ok' }, { level: 'warn', what: 'there is no line-7' }]);
});

it('has its tokens taken out of texts by their form', () => {
  const redactor = redactorFor([], WITH_DUMMY);
  expect(redactor.redact('use dummy_abcdefghij0123456789 here')).toBe('use [redacted: Dummy token] here');
});

it('is opened with what its section says, and writes commands as they are typed there', async () => {
  const board = switchboard();
  const log = Log.inMemory(systemClock());
  onTestFinished(() => log.close());
  const settings = settingsOf();
  const [transport] = await networkTransports(
    {
      settings,
      log,
      clock: systemClock(),
      rights: rightsFrom(settings),
      names: namesOf(log, settings),
      catalogue: { commands: [], complete: () => [] },
      draw: () => Promise.resolve(null),
      page: () => Promise.reject(new Error('it has rooms of its own')),
      report: () => {},
    },
    WITH_DUMMY,
  );
  if (transport === undefined) throw new Error('it was not opened');
  const received: IncomingMessage[] = [];
  await transport.start((message) => {
    received.push(message);
    return 'accepted';
  });
  onTestFinished(() => transport.stop(AbortSignal.timeout(1_000)));
  await transport.send({ transport: 'dummy', room: 'line-7', thread: null }, line(command('start 1'), ' starts it.'), 'k1', {
    again: false,
  });
  expect(board.shown.map(({ text }) => text)).toEqual(['`Musher: start 1` starts it.']);
  board.say('line-7', 'Musher: start 1');
  expect(received).toMatchObject([{ at: { room: 'line-7' }, sender: { id: 'p-1' }, text: 'Musher: start 1' }]);
});

/** The text of a file without the command of that name, and without a folder of that name in somebody's repository. */
function withoutCommand(name: string, file: string): string {
  return readFileSync(join(ROOT, file), 'utf8').replaceAll(new RegExp(`typed\\('${name}'\\)|path: '${name}'`, 'g'), '');
}

/** Files of Musher itself in which a network is named, without its own folder. */
function naming(network: string): string[] {
  return ['src', 'commands', 'transports', 'scripts'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file}`)
      .filter((file) => file.endsWith('.ts') && !file.startsWith(`transports/${network}/`))
      .filter((file) => new RegExp(`['"/]${network}['"/]|\\b${network}:`, 'i').test(withoutCommand(network, file))),
  );
}

it.each([...NETWORKS, LOCAL].map(({ name }) => name))('nothing but its folder and the list names %s', (name) => {
  // A command may be called by the same word.
  const commands = COMMANDS.filter(({ words }) => words[0] === name).map(({ words }) => `commands/rooms/${words.join('-')}.ts`);
  expect(naming(name)).toEqual([...commands.toSorted(), 'transports/index.ts']);
});

it('no file of src names any network', () => {
  // The name of the page is a word of its own; that it is no network's name in `src` is held above.
  const names = NETWORKS.filter(({ ids }) => ids !== null).flatMap(({ name, title }) => [name, title]);
  const named = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => new RegExp(names.join('|'), 'i').test(readFileSync(join(ROOT, 'src', file), 'utf8')));
  expect(named).toEqual([]);
});

it('each network has its page, and CONTRIBUTING says where a new one goes', () => {
  const pages = readdirSync(join(ROOT, 'docs/transports'));
  for (const { name } of NETWORKS) expect(pages).toContain(`${name}.md`);
  const contributing = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  for (const file of ['transports/network.ts', 'transports/index.ts', 'docs/transports/', 'test/contract/'])
    expect(contributing).toContain(file);
});
