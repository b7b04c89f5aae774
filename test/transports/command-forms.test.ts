import { expect, it } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { catalogueOf } from '../../src/app/command-catalogue.ts';
import { NETWORKS } from '../../transports/index.ts';
import type { Where } from '../../transports/network.ts';

const catalogue = catalogueOf(COMMANDS, () => []);
const ROOM: Where = { direct: false, thread: 'none', catalogue };
const form = (network: string, command: string, where: Partial<Where> = {}): string | undefined =>
  NETWORKS.find(({ name }) => name === network)?.commandForm(command, { ...ROOM, ...where });

it.each(NETWORKS.map(({ name }) => name))('in the conversation with Musher alone on %s a command is typed as it is', (name) => {
  expect(form(name, 'start 1', { direct: true })).toBe('start 1');
});

it.each([
  ['matrix', 'start 1', {}, '!start 1'],
  ['matrix', 'start 1', { thread: 'within' }, '!start 1'],
  ['slack', 'start 1', {}, '/musher start 1'],
  // Slack takes no slash commands in threads.
  ['slack', 'start 1', { thread: 'within' }, '!start 1'],
  // An answer to a slash command may stand between two other people.
  ['slack', 'start 1', { thread: 'own', direct: true }, '/musher start 1'],
  ['discord', 'start 1', {}, '/start item:1'],
  ['discord', 'reject 3 the colours are wrong', { thread: 'within' }, '/reject item:3 reason:the colours are wrong'],
  ['discord', 'start 1 2 20-24', {}, '/start item:1 2 20-24'],
  ['discord', 'approve 42 1a2b3c4', {}, '/approve item:42 commit:1a2b3c4'],
  ['discord', 'approve 42 1234567', {}, '/approve item:42 commit:1234567'],
  ['discord', 'move 3 4 qa', {}, '/move item:3 4 stage:qa'],
  ['discord', 'reject 3, 4 5 tests fail', {}, '/reject item:3, 4 reason:5 tests fail'],
  ['discord', 'timer list', {}, '/timer-list'],
  // What would not come back from Discord as the same text: a flag at the end, an answer to a question, another word for a command.
  ['discord', 'delete 42 --purge', {}, '!delete 42 --purge'],
  ['discord', 'yes', {}, '!yes'],
  ['discord', 'add bug x', {}, '!add bug x'],
  ['discord', 'start 1', { catalogue: null }, '!start 1'],
] as const)('on %s “%s” is typed %j', (network, command, where, typed) => {
  expect(form(network, command, where)).toBe(typed);
});
