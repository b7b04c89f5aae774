import { RUNTIMES } from '../../agents/runtimes/index.ts';
import { pricing, type Pricing } from '../../agents/runtimes/pricing.ts';
import { findRuntime } from '../../agents/runtimes/runtime.ts';
import type { ProjectSettings } from '../../config/settings.ts';
import { UNITS, type Caps } from '../../pipeline/budget/budget.ts';
import { capWords } from '../../words/budget.ts';
import { good, warning } from './check.ts';
import type { Check, Finding } from './check.ts';

/** Agents' budgets, and where there is no cap. */
export const budget: Check = ({ settings }) => {
  const [first] = settings?.projects ?? [];
  if (settings === null || first === undefined) return [];
  const { bot } = first.budget;
  const day = isOpen(bot)
    ? warning('budget', 'no daily cap for all projects together', 'Set day_usd and day_tokens under [budget] in bot.toml.')
    : good('budget', `${capWords(bot)} a day for all projects together`);
  const prices = pricing(settings.prices);
  return [day, ...settings.projects.flatMap((project) => ofProject(project, prices))];
};

function ofProject({ name, budget: { run, item, day, bot }, agents }: ProjectSettings, prices: Pricing): Finding[] {
  const subject = `budget ${name}`;
  const found: Finding[] = [
    isOpen(item)
      ? warning(
          subject,
          isOpen(run) && !isOpen(bot)
            ? 'an item has no cap, so one run reserves all of the day’s budget and others wait'
            : 'an item has no cap',
          'Set item_usd and item_tokens under [project.budget] in bot.toml.',
        )
      : good(subject, `${capWords(item)} per item`),
  ];
  // A program that reports no cost is only limited by tokens.
  const unpriced = agents.filter(({ runtime, limits }) => !findRuntime(RUNTIMES, runtime).metered && limits.tokens === null);
  if (unpriced.length > 0 && [run, item, day, bot].every(({ tokens }) => tokens === null))
    found.push(
      warning(
        subject,
        `no token cap for ${unpriced.map((agent) => agent.name).join(', ')}, whose program may not report its cost`,
        'Set item_tokens under [budget] in .musher/project.toml.',
      ),
    );
  for (const { name: agent, model } of agents) {
    if (model === null || !/\d/.test(model) || knowsPrice(prices, model)) continue;
    const what = `no price for model ${model} of ${agent}, so dollar caps can’t stop its runs`;
    found.push(warning(subject, what, `Set a price for "${model}" under [prices] in bot.toml; token caps hold without it.`));
  }
  return found;
}

/** Whether Musher can tell what a model costs. A name without a digit is one like `opus`, which the program resolves itself. */
function knowsPrice(prices: Pricing, model: string): boolean {
  return prices.cost(model, { inputTokens: 1, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 }) !== null;
}

function isOpen(caps: Caps): boolean {
  return UNITS.every((unit) => caps[unit] === null);
}
