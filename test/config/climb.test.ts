import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { BOT, CODER, workspace } from './workspace.ts';

const ROOM =
  '[matrix]\nhomeserver = "https://example.org"\naccess_token = "env:TOKEN"\n[[room]]\ntransport = "matrix"\nid = "!r:example.org"\nname = "leads"\nproject = "shop"\n';
function read(steps: string) {
  const folder = workspace({ 'bot.toml': `${BOT}\n${ROOM}${steps}`, 'shop/.musher/project.toml': CODER });
  return loadSettings(join(folder, 'bot.toml'), { HOME: '/home/anna', TOKEN: 'syt_1' });
}
const step = (after: string, to: string): string => `[[climb]]\nafter = "${after}"\nto = "${to}"\n`;

const PERSON = '[[person]]\nname = "anna"\nmatrix = "@anna:example.org"\n';

it('reads the steps of the ladder', () => {
  const result = read(step('10m', 'here') + step('30m', 'leads'));
  expect(result.ok ? result.value.climb : result.error.message).toEqual([
    { afterMs: 600_000, to: 'here' },
    { afterMs: 1_800_000, to: 'leads' },
  ]);
});

it.each([
  ['a room that is not there', step('10m', 'leeds'), 'there is no [[room]] with the name "leeds"; did you mean "leads"?'],
  ['a person who is not there', step('10m', '@anan') + PERSON, 'there is no [[person]] with the name "anan"; did you mean "@anna"?'],
  ['a person to whom direct messages give no role', step('10m', '@anna') + PERSON, 'set direct_messages = true'],
  ['steps out of their order', step('30m', 'here') + step('30m', 'leads'), 'must be later than that of the [[climb]] above'],
])('refuses %s', (_, steps, message) => {
  const result = read(steps);
  expect(result.ok ? '' : result.error.message).toContain(message);
});
