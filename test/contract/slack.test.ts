import { systemClock } from '../../src/clock.ts';
import { slackTransport } from '../../transports/slack/slack.ts';
import { FakeSlack } from '../fakes/slack/slack.ts';
import { APP_TOKEN, BOT_TOKEN } from '../fakes/slack/methods.ts';
import { expect } from 'vitest';
import { eventually } from '../eventually.ts';
import { describeCards, type CardHarness } from './card-suite.ts';
import { describePictures, drawForTests, type PictureHarness } from './picture-suite.ts';
import { describeTransport, type Skips } from './transport-suite.ts';
import { describeTrouble, type TroubleHarness } from './trouble-suite.ts';

const SECRET = 'the signing secret';

type Harness = TroubleHarness & CardHarness & PictureHarness;

async function slackBy(kind: 'socket' | 'http'): Promise<Harness> {
  const slack = new FakeSlack();
  // Slack promises no order over several connections; the cases look at ours.
  slack.sockets.spread = false;
  slack.rooms.members.add('C2');
  await slack.start();
  return harnessOf(kind, slack, new Map());
}

function harnessOf(kind: 'socket' | 'http', slack: FakeSlack, state: Map<string, string>): Harness {
  const errors: unknown[] = [];
  const transport = slackTransport({
    botToken: BOT_TOKEN,
    intake:
      kind === 'socket'
        ? { kind, appToken: APP_TOKEN }
        : { kind, host: '127.0.0.1', port: 0, path: '/slack/events', signingSecret: SECRET },
    appId: null,
    command: '/musher',
    catalogue: null,
    rooms: () => ['C1'],
    inSharedCommit: (run) => Promise.resolve(run()),
    state: { get: (key) => state.get(key) ?? null, set: (key, value) => void state.set(key, value) },
    clock: systemClock(),
    report: (error) => errors.push(error),
    draw: drawForTests,
    apiUrl: slack.apiUrl,
    responseBase: slack.responseBase,
  });
  const reach = (): void => {
    const port = transport.port();
    if (kind === 'http') slack.http = { url: `http://127.0.0.1:${port}/slack/events`, secret: SECRET };
  };
  return {
    transport,
    room: { transport: 'slack', room: 'C1', thread: null },
    incoming: async (text) => {
      reach();
      const { heard } = slack.say(text);
      // Over sockets the cases see what arrives; a message that is not taken would be waited for until its deadline.
      if (kind === 'http') await heard.catch(() => false);
    },
    underneath: async ({ id }, text) => {
      reach();
      await slack.say(text, { thread: id }).heard;
    },
    attaching: async (file, text) => {
      reach();
      await slack.share(file, text).heard;
    },
    attachingElsewhere: async (url) => {
      reach();
      await slack.say('', { event: { subtype: 'file_share', files: [{ id: 'F9', name: 'x', url_private: url }] } }).heard;
    },
    shelf: slack.shelf,
    redeliver: async () => {
      await slack.redeliver();
    },
    shown: () => Promise.resolve(slack.rooms.said('C1').join('\n')),
    messages: () => Promise.resolve(slack.rooms.all.filter(({ bot }) => bot).map(({ text }) => text)),
    pictures: () =>
      Promise.resolve(
        slack.rooms.all
          .filter(({ bot }) => bot)
          .flatMap(({ blocks }) => blocks.filter((block) => block['type'] === 'image'))
          .map(({ slack_file: file, alt_text: words }) => ({
            png: slack.files.bytesOf((file as { readonly id: string }).id)?.toString() ?? '',
            alternative: String(words),
          })),
      ),
    refusePictures: () => void (slack.files.allowed = false),
    notified: () => Promise.resolve(slack.rooms.notified),
    disconnect: () => Promise.resolve(slack.goAway()),
    reconnect: () => Promise.resolve(slack.comeBack()),
    reported: () => errors,
    loseReply: () => slack.trouble('chat.postMessage', { kind: 'reply lost' }),
    limit: (seconds) => slack.trouble('chat.postMessage', { kind: 'limited', seconds }),
    refuse: () => slack.trouble('chat.postMessage', { kind: 'refused', error: 'is_archived' }),
    elsewhere: {
      room: { transport: 'slack', room: 'C2', thread: null },
      shown: () => Promise.resolve(slack.rooms.said('C2').join('\n')),
    },
    editIncoming: async (text) => {
      const last = slack.rooms.all.findLast(({ bot }) => !bot);
      const message = { type: 'message', user: 'U1', ts: last?.ts, text, edited: { user: 'U1', ts: slack.rooms.stamp() } };
      await slack.event({ type: 'message', subtype: 'message_changed', hidden: true, channel: 'C1', ts: slack.rooms.stamp(), message });
    },
    fromBots: async (text) => {
      reach();
      for (const event of [
        { user: 'UBOT' },
        { bot_id: 'B1', user: 'UBOT' },
        { bot_id: 'B9', user: 'U9' },
        { subtype: 'bot_message', bot_id: 'B9', user: undefined },
      ]) {
        await slack.say(text, { event }).heard;
      }
    },
    nextProcess: () => Promise.resolve(harnessOf(kind, slack, state)),
    press: async (label) => {
      reach();
      await slack.press(label);
    },
    fillIn: async (label, text) => {
      reach();
      const before = slack.views.length;
      await slack.press(label);
      await eventually(() => expect(slack.views.length).toBe(before + 1));
      await slack.fillIn(text);
    },
    erase: ({ id }) => {
      const message = slack.rooms.find('C1', id);
      if (message === undefined) throw new Error('There is no such message.');
      return Promise.resolve(slack.rooms.remove(message));
    },
    close: () => slack.close(),
  };
}

const replies = 'Slack has threads, and no replies';
const overHttp: Skips = {
  replies,
  reconnecting: 'requests come in one by one, over no connection that could break',
};

describeTransport('slack by Socket Mode', () => slackBy('socket'), { replies });
describeTransport('slack by signed requests', () => slackBy('http'), overHttp);
describeTrouble('slack by Socket Mode', () => slackBy('socket'));
describeTrouble('slack by signed requests', () => slackBy('http'));
describeCards('slack by Socket Mode', () => slackBy('socket'));
describeCards('slack by signed requests', () => slackBy('http'));
describePictures('slack by Socket Mode', () => slackBy('socket'));
