import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import type { BudgetSettings } from '../../src/config/settings.ts';
import { dayBudget, itemBudget } from '../../src/decide/budgets.ts';
import { Log } from '../../src/log/log.ts';
import type { DayOf } from '../../src/log/reads/budget-reads.ts';
import { doc, paragraph } from '../../src/message/build.ts';
import { plainText } from '../../src/message/plain.ts';
import { NOTHING, type Unit } from '../../src/pipeline/budget/budget.ts';
import type { WorkItem } from '../../src/pipeline/types.ts';
import { redactorFor } from '../../src/redaction/redactor.ts';
import { capKey } from '../../src/words/budget.ts';
import { testClock } from '../commands/harness.ts';
import { workspace } from './workspace.ts';

const SHOP: DayOf = { scope: 'project', name: 'shop' };
const ALL: DayOf = { scope: 'bot', name: '' };

const CODER = '\n[[agent]]\nname = "a"\nstage = "current"\nruntime = "claude"\n';

function read(bot: string, project = ''): BudgetSettings | string {
  const folder = workspace({
    'bot.toml': `timezone = "Europe/Berlin"\n[[project]]\nname = "shop"\npath = "shop"\n${bot}`,
    'shop/.musher/project.toml': `${project}${CODER}`,
  });
  const result = loadSettings(`${folder}/bot.toml`, { HOME: '/home/anna' });
  if (!result.ok) return result.error.message;
  const [first] = result.value.projects;
  if (first === undefined) throw new Error('no project');
  return first.budget;
}

describe('budgets in the configuration', () => {
  it('a project narrows what bot.toml allows', () => {
    const bot =
      '[project.budget]\nday_usd = 40\nrun_tokens = 1000\n[budget]\nday_usd = 60\nperson_day_usd = 9\n[[person]]\nname = "anna"\nday_tokens = 5\n';
    expect(read(bot, '[budget]\nitem_usd = 2.5\nday_usd = 20\n')).toEqual({
      run: { tokens: 1000, microUsd: null },
      item: { tokens: 150_000_000, microUsd: 2_500_000 },
      day: { tokens: null, microUsd: 20_000_000 },
      bot: { tokens: 500_000_000, microUsd: 60_000_000 },
      anyone: { tokens: null, microUsd: 9_000_000 },
      people: [{ actor: 'person:anna', caps: { tokens: 5, microUsd: 9_000_000 }, setIn: { tokens: 'person', microUsd: 'everyone' } }],
      setIn: {
        item: { tokens: 'project', microUsd: 'project-file' },
        day: { tokens: 'project', microUsd: 'project-file' },
      },
      timezone: 'Europe/Berlin',
    });
  });

  it('security 24: the file of a repository cannot widen them', () => {
    expect(read('', '[budget]\nitem_usd = 31\n')).toMatch(
      /budget\.item_usd: is more than the 30 that bot\.toml allows; raise item_usd there, under \[project\.budget\]/,
    );
    expect(read('', '[budget]\nitem_usd = "none"\n')).toMatch(/budget\.item_usd/);
    expect(read('[project.budget]\nrun_usd = 1\n', '[budget]\nrun_usd = 2\n')).toMatch(/run_usd: is more than the 1/);
    expect(read('[project.budget]\nitem_usd = "none"\n', '[budget]\nitem_usd = 31\n')).toMatchObject({ item: { microUsd: 31_000_000 } });
  });

  it('"none" takes a cap away in bot.toml, and nothing else does', () => {
    expect(read('[project.budget]\nitem_usd = "none"\nitem_tokens = "none"\n[budget]\nday_usd = "none"\n')).toMatchObject({
      item: { tokens: null, microUsd: null },
      bot: { tokens: 500_000_000, microUsd: null },
    });
    expect(read('[budget]\nday_usd = 0\n')).toMatch(/day_usd: must be at least 0\.000001, not 0/);
    expect(read('[budget]\nday_tokens = "nothing"\n')).toMatch(
      /day_tokens: must be a whole number of tokens, at least 1, or "none" for no cap/,
    );
  });
});

describe('the key that a text about a budget names', () => {
  const PERSON = '[[person]]\nname = "anna"\n';
  const anna: DayOf = { scope: 'person', name: 'person:anna' };
  const ben: DayOf = { scope: 'person', name: 'person:ben' };

  it.each<readonly [name: string, bot: string, project: string, of: DayOf | 'item', unit: Unit, says: string]>([
    ['of an item by default', '', '', 'item', 'microUsd', 'item_usd under [project.budget] in bot.toml'],
    ['of an item in tokens', '', '', 'item', 'tokens', 'item_tokens under [project.budget] in bot.toml'],
    ['of an item in the project file', '', '[budget]\nitem_usd = 2\n', 'item', 'microUsd', 'item_usd under [budget] in the project’s file'],
    [
      'of an item, the other unit there',
      '',
      '[budget]\nitem_usd = 2\n',
      'item',
      'tokens',
      'item_tokens under [project.budget] in bot.toml',
    ],
    ['of a project', '[project.budget]\nday_usd = 9\n', '', SHOP, 'microUsd', 'day_usd under [project.budget] in bot.toml'],
    ['of a project in its own file', '', '[budget]\nday_tokens = 9\n', SHOP, 'tokens', 'day_tokens under [budget] in the project’s file'],
    ['of everyone', '[budget]\nperson_day_usd = 9\n', '', ben, 'microUsd', 'person_day_usd under [budget] in bot.toml'],
    [
      'of a person without one',
      `[budget]\nperson_day_usd = 9\n${PERSON}day_tokens = 5\n`,
      '',
      anna,
      'microUsd',
      'person_day_usd under [budget] in bot.toml',
    ],
    [
      'of a person of their own',
      `[budget]\nperson_day_usd = 9\n${PERSON}day_usd = 5\n`,
      '',
      anna,
      'microUsd',
      'day_usd under [[person]] in bot.toml',
    ],
    ['of a person of their own in tokens', `${PERSON}day_tokens = 5\n`, '', anna, 'tokens', 'day_tokens under [[person]] in bot.toml'],
    ['of all projects', '', '', ALL, 'microUsd', 'day_usd under [budget] in bot.toml'],
    ['of all projects in tokens', '', '', ALL, 'tokens', 'day_tokens under [budget] in bot.toml'],
  ])('is the one that sets it: %s', (_, bot, project, of, unit, says) => {
    const settings = read(bot, project);
    if (typeof settings === 'string') throw new Error(settings);
    const log = Log.inMemory(testClock(), redactorFor([]));
    const item = { project: 'shop', number: 1, toppedUp: NOTHING } as unknown as WorkItem;
    const budget = of === 'item' ? itemBudget(log.reads, item, settings) : dayBudget(log.reads, of, settings, 0);
    expect(budget.caps[unit]).not.toBeNull();
    expect(plainText(doc(paragraph(...capKey(budget, unit))), { width: 200 }).replaceAll('`', '')).toContain(`The cap is ${says}.`);
    log.close();
  });

  it('has the usual one where an event of an older version does not say', () => {
    expect(plainText(doc(paragraph(...capKey({ scope: 'person' }, 'tokens'))), { width: 200 })).toContain('person_day_tokens');
  });
});
