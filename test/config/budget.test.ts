import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import type { BudgetSettings } from '../../src/config/settings.ts';
import { workspace } from './workspace.ts';

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
      people: [{ actor: 'person:anna', caps: { tokens: 5, microUsd: 9_000_000 } }],
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
