import { expect, it } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { commandTable } from '../../src/bot/command-table.ts';
import { reportCommands } from '../../src/bot/measured/commands.ts';

const report = (name: string): { name: string; command: string; timeoutMs: number } => ({ name, command: 'true', timeoutMs: 1 });

it('a report is two commands: everybody may see the value, and operators measure it; projects share a name', () => {
  const made = reportCommands([{ reports: [report('coverage')] }, { reports: [report('coverage'), report('size')] }]);
  expect(made.map(({ words, role }) => [words.join(' '), role])).toEqual([
    ['coverage', 'viewer'],
    ['coverage run', 'operator'],
    ['size', 'viewer'],
    ['size run', 'operator'],
  ]);
  expect(commandTable([...COMMANDS, ...made]).byName.get('coverage run')).toBe(made[1]);
});
