import { MusherError } from '../../src/errors.ts';
import { defineNetwork, WORD_START, type NetworkTool, type SectionProblem } from '../network.ts';
import { commandForm } from './command-form.ts';
import { decodeHandle, encodeHandle } from './handle.ts';
import { DEFAULT_COMMAND, DEFAULT_PATH } from './options.ts';
import { keys } from './section.ts';

const manifest: NetworkTool = {
  name: 'slack-manifest',
  summary: 'print the manifest that makes the Slack app',
  options: [{ name: 'url', value: 'URL', summary: 'where Slack sends signed requests; without it: Socket Mode' }],
  async print(options, catalogue) {
    const url = options.get('url');
    const { slackManifest } = await import('./manifest.ts');
    return slackManifest(catalogue, { name: 'Musher', command: DEFAULT_COMMAND, url: url === undefined ? null : address(url) });
  },
};

/** Slack: one app in one workspace, by Socket Mode or by signed requests. */
export const slack = defineNetwork({
  name: 'slack',
  title: 'Slack',
  about: 'A Slack app (docs/transports/slack.md).',
  keys,
  ids: {
    room: {
      is: /^[CDG][A-Z0-9]+$/,
      should: 'a channel’s id such as "C024BE91L", found at the bottom of its details; its name does not work',
      brief: 'Slack `C…`',
      example: 'C024BE91L',
    },
    person: {
      is: /^[TE][A-Z0-9]+:[UW][A-Z0-9]+$/,
      should: 'the ids of workspace and member such as "T024BE7LD:U061F7AUR"; `whoami` in Slack shows yours',
      brief: 'Slack team and user id.',
      example: 'T024BE7LD:U061F7AUR',
    },
  },
  secrets: [
    { name: 'Slack token', pattern: `${WORD_START}xox[abeoprs]-[A-Za-z0-9-]{10,250}`, hints: ['xox'] },
    { name: 'Slack token', pattern: `${WORD_START}xapp-[0-9]-[A-Za-z0-9-]{10,250}`, hints: ['xapp-'] },
    {
      name: 'Slack webhook',
      pattern: 'https://hooks\\.slack\\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,200}',
      hints: ['hooks.slack.com'],
    },
  ],
  crashPoints: ['network/slack/before-acknowledged', 'network/slack/after-post'],
  tools: [manifest],

  problems({ mode, app_token: appToken, signing_secret: secret }): SectionProblem[] {
    if (mode === 'socket' && appToken === undefined) return [{ path: ['app_token'], message: 'is needed for mode = "socket"' }];
    if (mode === 'http' && secret === undefined) return [{ path: ['signing_secret'], message: 'is needed for mode = "http"' }];
    return [];
  },

  async doctor(section, rooms, signal) {
    const { examine } = await import('./doctor.ts');
    return examine(section, rooms, signal);
  },

  commandForm,
  isPrivate({ thread }) {
    const handle = decodeHandle(thread);
    return handle?.kind === 'answer' && !handle.public;
  },
  inPublic(to) {
    const handle = decodeHandle(to.thread);
    return handle?.kind === 'answer' ? { ...to, thread: encodeHandle({ ...handle, public: true }) } : to;
  },
  threadOf({ thread }) {
    const handle = decodeHandle(thread);
    return handle?.kind === 'thread' ? handle.ts : (handle?.thread ?? null);
  },

  async open(section, parts) {
    const { slackTransport } = await import('./slack.ts');
    const apiUrl = section.api_url ?? null;
    return slackTransport({
      botToken: section.bot_token,
      intake:
        section.mode === 'socket'
          ? { kind: 'socket', appToken: section.app_token ?? '' }
          : { kind: 'http', signingSecret: section.signing_secret ?? '', host: '127.0.0.1', port: section.port, path: DEFAULT_PATH },
      appId: null,
      command: DEFAULT_COMMAND,
      catalogue: parts.catalogue,
      rooms: () => parts.rooms,
      state: parts.state,
      inSharedCommit: parts.inSharedCommit,
      clock: parts.clock,
      people: parts.people,
      report: parts.report,
      apiUrl,
      ...(parts.draw === undefined ? {} : { draw: parts.draw }),
      responseBase: apiUrl === null ? null : `${new URL(apiUrl).origin}/`,
    });
  },
});

/** Slack refuses a manifest with any other address, and says little why. */
function address(url: string): string {
  if (URL.canParse(url) && new URL(url).protocol === 'https:') return url;
  const example = `https://bot.example.org${DEFAULT_PATH}`;
  throw new MusherError(
    'USAGE',
    `${JSON.stringify(url)} is not an address that Slack can use.`,
    `Write the full https address, such as ${example}.`,
  );
}
