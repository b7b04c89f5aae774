import { readSettings } from '../app/lifecycle/read-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { MusherError } from '../errors.ts';
import { demoDataDir } from '../app/demo.ts';
import { choose } from './choose.ts';
import { accounts } from './doctor/accounts.ts';
import { agents } from './doctor/agents.ts';
import { budget } from './doctor/budget.ts';
import { failure, good } from './doctor/check.ts';
import type { Check, Finding } from './doctor/check.ts';
import { configuration, people, secrets, twoPerson } from './doctor/configuration.ts';
import { dataDirectory, owner } from './doctor/data-dir.ts';
import { log } from './doctor/log.ts';
import { disk, git, node, sqlite, user } from './doctor/machine.ts';
import { networks } from './doctor/networks.ts';
import { gates, repositories } from './doctor/projects.ts';
import { sandbox } from './doctor/sandbox.ts';
import { signIns } from './doctor/sign-in.ts';
import { backups, monitor } from './doctor/upkeep.ts';
import { counted } from '../words/amounts.ts';
import { printLine } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import type { Run } from './subcommand.ts';

/** In the order in which they are printed. */
const CHECKS: readonly Check[] = [
  node,
  user,
  git,
  sqlite,
  configuration,
  people,
  twoPerson,
  secrets,
  dataDirectory,
  owner,
  log,
  backups,
  monitor,
  disk,
  repositories,
  gates,
  agents,
  accounts,
  signIns,
  networks,
  sandbox,
  budget,
];

/** `musher doctor`: each check's line as soon as it is known; exit code 1 if a start would fail or a network could not connect. */
export const run: Run = async (typed, terminal) => {
  const { config, data } = choose(typed, terminal);
  const { settings, findings } = readConfiguration(config, terminal);
  const dataDir = data ?? settings?.dataDir ?? (config === null ? demoDataDir(terminal.env) : null);
  const all: Finding[] = [];
  const tell = (finding: Finding): void => {
    all.push(finding);
    printLine(terminal, line(finding));
  };
  for (const check of CHECKS) {
    for (const finding of await check({ settings, dataDir, env: terminal.env, cwd: terminal.cwd })) tell(finding);
    // Configuration errors come in place of its line.
    if (check === configuration) for (const finding of findings) tell(finding);
  }
  printLine(terminal, summary(all));
  return all.some(({ level }) => level === 'fail') ? 1 : 0;
};

/** The settings if they are valid, and the findings if they are not. */
function readConfiguration(config: string | null, terminal: Terminal): { settings: Settings | null; findings: Finding[] } {
  if (config === null) {
    const what = `no bot.toml in ${terminal.cwd}, so \`run\` starts the demo; choose another file with --config FILE`;
    return { settings: null, findings: [good('config', what)] };
  }
  const settings = readSettings(config, terminal.env);
  return settings.ok ? { settings: settings.value, findings: [] } : { settings: null, findings: errors(settings.error) };
}

/** One line for each problem; the further lines of a syntax error (the place in the file) stay with it. */
function errors({ message, hint }: MusherError): Finding[] {
  const lines = message.split('\n');
  return [failure('config', lines.length > 1 && lines[0]?.endsWith('errors:') === true ? lines.slice(1).join('\n      ') : message, hint)];
}

function line({ level, subject, what, fix }: Finding): string {
  const mark = level === 'fail' ? 'FAIL' : level;
  return `${mark.padEnd(5)} ${subject}: ${what}${fix === null ? '' : ` -> ${fix}`}`;
}

function summary(findings: readonly Finding[]): string {
  const count = (level: Finding['level']): number => findings.filter((finding) => finding.level === level).length;
  const failures = count('fail');
  const warnings = count('warn');
  const told = [counted(failures, 'problem'), ...(warnings === 0 ? [] : [counted(warnings, 'warning')])].join(', ');
  return failures > 0 ? `Not ready: ${told}.` : `Ready to start${warnings > 0 ? ` (${counted(warnings, 'warning')})` : ''}.`;
}
