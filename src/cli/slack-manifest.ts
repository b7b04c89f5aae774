import { COMMANDS } from '../../commands/index.ts';
import { slackManifest } from '../../transports/slack/manifest.ts';
import { DEFAULT_COMMAND } from '../../transports/slack/options.ts';
import { offerOf } from '../offer.ts';
import { printLine } from './terminal.ts';
import type { Run } from './subcommands.ts';

/** `musher slack-manifest`: what api.slack.com/apps takes to make the app. */
export const run: Run = ({ options }, terminal) => {
  const url = options.get('url');
  const manifest = slackManifest(
    offerOf(COMMANDS, () => []),
    { name: 'Musher', command: DEFAULT_COMMAND, url: typeof url === 'string' ? url : null },
  );
  printLine(terminal, manifest);
  return Promise.resolve(0);
};
