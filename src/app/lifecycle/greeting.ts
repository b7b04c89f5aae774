import type { Settings } from '../../config/settings.ts';
import type { Unconfigured } from '../../decide/unconfigured.ts';
import { unconfiguredWords, wayBack } from '../../words/unconfigured.ts';
import { capWords } from '../../words/budget.ts';
import { UNITS } from '../../pipeline/budget/budget.ts';

/** What an agent without a sandbox could do. */
export const WITHOUT_SANDBOX = 'no sandbox: agents and gates can read and write everything you can, use the network and move any branch';

/** What follows from a start as root. */
export const AS_ROOT =
  'Musher runs as root: without a sandbox, agents and gates can change the whole machine; in a sandbox, they can read every file they see';
/** Whether this process has root's rights. */
export const isRoot = (): boolean => process.geteuid?.() === 0;

/** What the terminal shows after a start: the projects, and what to try. */
export function greeting(settings: Settings, version: string, left: readonly Unconfigured[] = [], root = isRoot()): string {
  const names = settings.projects.map(({ name, path }) => `${name} (${path})`).join(', ');
  const lines = [`Musher ${version}: ${names}`];
  if (settings.file === null) {
    lines.push(
      '  status      the board: a demo repository with seven items, and agents that need no account',
      '  start 1     an agent works on item 1; you see every step up to the merge',
      '  help        all commands; Tab completes, Ctrl-D quits',
    );
  } else {
    lines.push(`  ${budgetLine(settings)}`);
    lines.push('  `status` shows the board, `help` all commands; Tab completes, Ctrl-D quits.', ...unheld(settings));
    lines.push(...left.map((one) => `  ! ${unconfiguredWords(one)}. ${wayBack(one)}`));
    if (root) lines.push(`  ${AS_ROOT}. Run it as a user of its own (docs/security.md).`);
  }
  return `${lines.join('\n')}\n`;
}

/** Projects without a sandbox, and projects where nothing runs because their sandbox does not work. */
function unheld({ projects }: Settings): string[] {
  const bare = projects.filter(({ sandbox }) => sandbox.kind === 'none').map(({ name }) => name);
  const broken = projects.filter(({ sandbox }) => sandbox.problem !== null);
  return [
    ...(bare.length === 0 ? [] : [`  ${bare.join(', ')}: ${WITHOUT_SANDBOX} (docs/security.md).`]),
    ...broken.map(
      ({ name, sandbox }) => `  ${name}: nothing runs here because the sandbox does not work: ${sandbox.problem}. See \`musher doctor\`.`,
    ),
  ];
}

/** The daily cap, or that there is none: nobody should learn that from a bill. */
function budgetLine({ projects }: Settings): string {
  const [first] = projects;
  if (first === undefined || UNITS.every((unit) => first.budget.bot[unit] === null))
    return 'No daily budget: set day_usd under [budget] in bot.toml.';
  return `Agents may use ${capWords(first.budget.bot)} a day; \`budget\` shows what is left.`;
}
