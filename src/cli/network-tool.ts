import { COMMANDS } from '../../commands/index.ts';
import type { NetworkTool } from '../../transports/network.ts';
import { catalogueOf } from '../app/command-catalogue.ts';
import { readSettings } from '../app/lifecycle/read-settings.ts';
import type { Command } from '../bot/command.ts';
import { reportCommands } from '../bot/measured/commands.ts';
import { choose } from './choose.ts';
import { printLine, type Terminal } from './terminal.ts';
import type { Run, Typed } from './subcommand.ts';

/** A network's own subcommand: prints what somebody needs to set the network up. */
export function forTool(tool: NetworkTool): { readonly run: Run } {
  return {
    async run(typed, terminal) {
      const values = Array.from(typed.options).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
      // Their own first: a network that has no room for all takes those before it.
      const commands = [...configuredCommands(typed, terminal), ...COMMANDS];
      printLine(
        terminal,
        await tool.print(
          new Map(values),
          catalogueOf(commands, () => []),
        ),
      );
      return 0;
    },
  };
}

/** The commands that the configuration makes. Where it can't be read, which is so while its network is set up, they are left out. */
function configuredCommands(typed: Typed, terminal: Terminal): readonly Command[] {
  const { config } = choose(typed, terminal);
  if (config === null) return [];
  const read = readSettings(config, terminal.env);
  if (read.ok) return reportCommands(read.value.projects);
  terminal.stderr.write(`The commands of [[report]] are left out, because ${config} can't be read: ${read.error.message}\n`);
  return [];
}
