import { COMMANDS } from '../../commands/index.ts';
import { helpText } from '../../src/cli/help.ts';
import { botToml, projectToml } from '../../src/cli/init/files.ts';
import { SUBCOMMANDS } from '../../src/cli/subcommands.ts';
import { botExample, projectExample } from '../../src/config/read/reference.ts';
import { ERROR_CODES } from '../../src/errors.ts';
import { commandName } from '../../src/words/described.ts';
import type { Said } from './said.ts';

const NAME = 'musher';

/** The help of the program and its subcommands, the files that `init` writes, and what `help` and the examples of the configuration say of each command and key. */
export function declared(): Said[] {
  const findings = { project: 'shop', dataDir: '/data', baseBranch: 'main', tests: [] };
  return [
    { of: 'command line', text: helpText(null, NAME) },
    ...SUBCOMMANDS.map((subcommand) => ({ of: `command line ${subcommand.name}`, text: helpText(subcommand, NAME) })),
    { of: 'init bot.toml', text: botToml(findings) },
    { of: 'init project.toml', text: projectToml(findings) },
    ...Object.entries(ERROR_CODES).map(([code, text]) => ({ of: `code ${code}`, text })),
    ...COMMANDS.map((command) => ({ of: `help ${commandName(command)}`, text: `${command.summary} ${command.details ?? ''}`.trim() })),
    { of: 'bot.toml.example', text: botExample() },
    { of: 'project.toml.example', text: projectExample() },
  ];
}
