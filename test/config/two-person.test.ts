import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/app/lifecycle/read-settings.ts';
import { twoPerson } from '../../src/cli/doctor/configuration.ts';
import { BOT, CODER, workspace } from './workspace.ts';

function read(top: string, end = '') {
  const folder = workspace({ 'bot.toml': `${top}\n${BOT}\n${end}`, 'shop/.musher/project.toml': CODER });
  return readSettings(join(folder, 'bot.toml'), { HOME: '/home/anna', TOKEN: 'xoxb-1' });
}

describe('two_person', () => {
  it.each([
    ['["undoo"]', 'there is no command "undoo"; did you mean "undo"?'],
    ['["undo", "delete --purg"]', 'the command "delete" has no flag --purg; it has --purge'],
    ['["status"]', 'the command "status" changes nothing'],
    ['["Undo!"]', 'must be a command'],
  ])('refuses %s and says what is wrong, with the line', (list, message) => {
    const result = read(`two_person = ${list}`);
    expect(result.ok ? '' : result.error.message).toContain(message);
    expect(result.ok ? '' : result.error.message).toMatch(/bot\.toml:1: two_person/);
  });

  it('takes commands, aliases and flags', () => {
    expect(read('two_person = ["undo", "delete --purge", "timer cancel", "budget"]').ok).toBe(true);
  });

  const PEOPLE = (roles: string): string =>
    `[roles]\n${roles}\n[matrix]\nhomeserver = "https://example.org"\naccess_token = "env:TOKEN"\n` +
    '[[room]]\ntransport = "matrix"\nid = "!r:example.org"\nproject = "shop"\n' +
    ['anna', 'ben'].map((name) => `[[person]]\nname = "${name}"\nmatrix = "@${name}:example.org"\n`).join('');

  it.each([
    ['admin = ["anna"]', 'warn', 'only one person'],
    ['viewer = ["anna", "ben"]', 'warn', 'nobody'],
    ['admin = ["anna"]\noperator = ["ben"]', 'ok', 'two people for'],
  ])('with %s doctor says %s', async (roles, level, what) => {
    const result = read('two_person = ["undo", "budget"]', PEOPLE(roles));
    if (!result.ok) throw result.error;
    const findings = await twoPerson({ settings: result.value, dataDir: null, env: {}, cwd: '/' });
    expect(findings[0]?.level).toBe(level);
    expect(findings[0]?.what).toContain(what);
  });
});
