import type { Settings } from '../../config/settings.ts';
import { capWords } from '../../pipeline/budget/budget-words.ts';
import { UNITS } from '../../pipeline/budget/budget.ts';

/** What an agent that nothing holds could do. */
export const WITHOUT_SANDBOX =
  'no sandbox: agents and gates can read what you can read, write where you can write, use the network, and move any branch';

/** What stands in the terminal after a start: where things are, and what to try. */
export function greeting(settings: Settings, version: string): string {
  const names = settings.projects.map(({ name, path }) => `${name} (${path})`).join(', ');
  const lines = [`Musher ${version}: ${names}`];
  if (settings.file === null) {
    lines.push(
      '  status      shows the board: a demo repository with six items and agents that need no account',
      '  start 1     lets an agent work on item 1; every step up to the merge shows up here',
      '  help        lists all you can type; Tab completes, Ctrl-D leaves',
    );
  } else {
    lines.push(`  ${budgetLine(settings)}`);
    lines.push('  `status` shows the board, `help` lists all you can type; Tab completes, Ctrl-D leaves.', ...unheld(settings));
  }
  return `${lines.join('\n')}\n`;
}

/** Projects whose agents nothing holds, and those that run nothing because what should hold them does not. */
function unheld({ projects }: Settings): string[] {
  const bare = projects.filter(({ sandbox }) => sandbox.kind === 'none').map(({ name }) => name);
  const broken = projects.filter(({ sandbox }) => sandbox.problem !== null);
  return [
    ...(bare.length === 0 ? [] : [`  ${bare.join(', ')}: ${WITHOUT_SANDBOX} (docs/security.md).`]),
    ...broken.map(
      ({ name, sandbox }) => `  ${name}: its sandbox does not hold, and nothing of it runs: ${sandbox.problem}. See \`musher doctor\`.`,
    ),
  ];
}

/** Nobody should learn from a bill what holds their agents, or that nothing does. */
function budgetLine({ projects }: Settings): string {
  const [first] = projects;
  if (first === undefined || UNITS.every((unit) => first.budget.bot[unit] === null))
    return 'Nothing caps what agents use in a day: set day_usd under [budget] in bot.toml.';
  return `Agents may use ${capWords(first.budget.bot)} in a day; \`budget\` shows what is left.`;
}
