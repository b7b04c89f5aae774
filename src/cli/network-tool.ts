import { COMMANDS } from '../../commands/index.ts';
import type { NetworkTool } from '../../transports/network.ts';
import { catalogueOf } from '../app/command-catalogue.ts';
import { printLine } from './terminal.ts';
import type { Run } from './subcommand.ts';

/** A network's own subcommand: prints what somebody needs to set the network up. */
export function forTool(tool: NetworkTool): { readonly run: Run } {
  return {
    async run({ options }, terminal) {
      const values = Array.from(options).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
      printLine(
        terminal,
        await tool.print(
          new Map(values),
          catalogueOf(COMMANDS, () => []),
        ),
      );
      return 0;
    },
  };
}
