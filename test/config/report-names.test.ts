import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSettings } from '../../src/app/lifecycle/read-settings.ts';
import { BOT, CODER, workspace } from './workspace.ts';

function errorFor(name: string): string | null {
  const report = `[[report]]\nname = "${name}"\ncommand = "true"\n`;
  const folder = workspace({ 'bot.toml': BOT, 'shop/.musher/project.toml': `${report}${CODER}` });
  const read = readSettings(join(folder, 'bot.toml'), { HOME: '/home/anna' });
  return read.ok ? null : read.error.message;
}

it('no report takes the place of a command, an alias or an answer, and the error names another name', () => {
  for (const taken of ['status', 'timer', 'find', 'report', 'yes'])
    expect(errorFor(taken)).toContain(
      `"${taken}" is a command of Musher's own, which a report must not replace; choose another name, such as "${taken}-value"`,
    );
  expect(errorFor('coverage')).toBeNull();
});
