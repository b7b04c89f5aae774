import { expect, test } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { parseCommand } from '../../src/bot/parse/parse.ts';
import { commandTable } from '../../src/bot/command-table.ts';
import { catalogueOf } from '../../src/app/command-catalogue.ts';
import { commandTextOf, type CatalogueCommand } from '../../transports/command-catalogue.ts';

const { commands } = catalogueOf(COMMANDS, () => []);
const catalogued = (name: string): CatalogueCommand => {
  const found = commands.find(({ words }) => words.join(' ') === name);
  if (found === undefined) throw new Error(`no command ${name}`);
  return found;
};

test.each([
  ['show', { item: 42 }, 'show 42'],
  ['depends', { item: 42 }, 'depends 42'],
  ['depends', { item: 42, dependencies: '40 41' }, 'depends 42 on 40 41'],
  ['reject', { item: 42, reason: 'the "price" -- has no tax' }, 'reject 42 the "price" -- has no tax'],
  ['delete', { item: 42, purge: true }, 'delete --purge 42'],
  ['cost', {}, 'cost'],
])('%s with options %j is the text that a person would have typed', (name, values, text) => {
  const command = catalogued(name);
  const named = new Map(
    Object.entries(values).map(([key, value]) => [command.options.some((one) => one.name === key) ? key : fallback(command, key), value]),
  );
  expect(commandTextOf(command, named)).toBe(text);
  const parsed = parseCommand(text, commandTable(COMMANDS), { currentProject: 'shop', projects: ['shop'] });
  expect(parsed.ok ? '' : parsed.error.message).toBe('');
});

/** The declaration's own name of the option that is meant, where it is called otherwise. */
function fallback(command: CatalogueCommand, key: string): string {
  const rest = command.options.filter((one) => one.keyword === null && one.flag === null);
  return (key === 'item' ? rest[0] : rest.at(-1))?.name ?? key;
}
