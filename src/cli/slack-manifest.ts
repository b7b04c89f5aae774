import { COMMANDS } from '../../commands/index.ts';
import { slackManifest } from '../../transports/slack/manifest.ts';
import { DEFAULT_COMMAND, DEFAULT_PATH } from '../../transports/slack/options.ts';
import { MusherError } from '../errors.ts';
import { catalogueOf } from '../app/command-catalogue.ts';
import { printLine } from './terminal.ts';
import type { Run } from './subcommands.ts';

/** `musher slack-manifest`: what api.slack.com/apps takes to make the app. */
export const run: Run = ({ options }, terminal) => {
  const url = options.get('url');
  const manifest = slackManifest(
    catalogueOf(COMMANDS, () => []),
    { name: 'Musher', command: DEFAULT_COMMAND, url: typeof url === 'string' ? address(url) : null },
  );
  printLine(terminal, manifest);
  return Promise.resolve(0);
};

/** Slack refuses a manifest with any other address, and says little why. */
function address(url: string): string {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return url;
  const example = `https://bot.example.org${DEFAULT_PATH}`;
  throw new MusherError('USAGE', `${JSON.stringify(url)} is no address that Slack can send to.`, `Write it whole, such as ${example}.`);
}
