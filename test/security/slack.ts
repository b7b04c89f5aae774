import { systemClock } from '../../src/clock.ts';
import { action, actions, doc, paragraph } from '../../src/message/build.ts';
import type { CommandCatalogue } from '../../transports/command-catalogue.ts';
import { slackTransport } from '../../transports/slack/slack.ts';
import { APP_TOKEN, BOT_TOKEN } from '../fakes/slack/methods.ts';
import { FakeSlack } from '../fakes/slack/slack.ts';
import { lack, type Net, type Who } from './ways.ts';

const SECRET = 'the signing secret';
const USERS = { anna: 'U1', mallory: 'U9' } as const;
const C1 = { transport: 'slack', room: 'C1', thread: null } as const;

/** A workspace, by Socket Mode or signed requests. */
export async function openSlack(kind: 'socket' | 'http', catalogue: CommandCatalogue): Promise<Net> {
  const slack = new FakeSlack();
  // Slack promises no order over several connections; here the probe has to come last.
  slack.sockets.spread = false;
  await slack.start();
  const state = new Map<string, string>();
  const transport = slackTransport({
    botToken: BOT_TOKEN,
    intake:
      kind === 'socket'
        ? { kind, appToken: APP_TOKEN }
        : { kind, host: '127.0.0.1', port: 0, path: '/slack/events', signingSecret: SECRET },
    appId: null,
    command: '/musher',
    catalogue,
    rooms: () => ['C1'],
    inSharedCommit: (run) => Promise.resolve(run()),
    state: { get: (key) => state.get(key) ?? null, set: (key, value) => void state.set(key, value) },
    clock: systemClock(),
    report: () => {},
    apiUrl: slack.apiUrl,
    responseBase: slack.responseBase,
  });
  const say = (who: Who, text: string, more: Parameters<FakeSlack['say']>[1] = {}): Promise<boolean> =>
    slack.say(text, { user: USERS[who], ...more }).heard;
  const event = (who: Who, more: Record<string, unknown>): Promise<boolean> => slack.event({ channel: 'C1', user: USERS[who], ...more });
  const pressed = (who: Who, pressedAction: Record<string, unknown>): Promise<unknown> =>
    slack.deliver('interactive', {
      type: 'block_actions',
      api_app_id: 'A1',
      team: { id: 'T1' },
      user: { id: USERS[who], username: 'anna', team_id: 'T1' },
      channel: { id: 'C1' },
      container: { type: 'message', channel_id: 'C1' },
      trigger_id: slack.trigger(),
      response_url: slack.respondTo('C1', USERS[who]),
      actions: [{ action_ts: slack.rooms.stamp(), ...pressedAction }],
    });
  return {
    transport,
    room: C1,
    ids: { anna: `T1:${USERS.anna}`, mallory: `T1:${USERS.mallory}` },
    started: () => {
      if (kind === 'http') slack.http = { url: `http://127.0.0.1:${transport.port()}/slack/events`, secret: SECRET };
      return Promise.resolve();
    },
    probe: () => say('anna', '!ping'),
    ways: {
      message: { does: (who, title) => say(who, `!create story ${title}`), isCommand: true },
      mention: { does: (who, title) => say(who, `<@UBOT> create story ${title}`), isCommand: true },
      direct: { does: (who, title) => say(who, `create story ${title}`, { channel: `D-${who}` }), isCommand: true },
      slash: {
        does: (who, title) => slack.slash(`create story ${title}`, { user_id: USERS[who], user_name: 'anna' }),
        isCommand: true,
      },
      button: {
        does: async (who, title) => {
          const body = doc(paragraph('Make it?'), actions(action('Make', `create story ${title}`)));
          await transport.send(C1, body, `${who}-question`, { again: false });
          await slack.press('Make', USERS[who]);
        },
        isCommand: true,
      },
      modal: {
        does: async (who, title) => {
          await slack.slash('create story', { user_id: USERS[who], user_name: 'anna' });
          while (slack.views.length === 0) {
            await new Promise((resolve) => {
              setTimeout(resolve, 5);
            });
          }
          const view = slack.views.pop();
          const values = { type: { type: { selected_option: { value: 'story' } } }, title: { title: { value: title } } };
          await slack.deliver('interactive', {
            type: 'view_submission',
            api_app_id: 'A1',
            team: { id: 'T1' },
            user: { id: USERS[who], username: 'anna', team_id: 'T1' },
            view: { ...view, state: { values } },
          });
        },
        isCommand: true,
      },
      thread: { does: (who, title) => say(who, `!create story ${title}`, { thread: '1700000000.000100' }), isCommand: true },
      upload: {
        does: (who, title) => say(who, `!create story ${title}`, { event: { subtype: 'file_share', files: [{ id: 'F1' }] } }),
        isCommand: true,
      },
      // Musher makes no menus: a forged one is nothing.
      select: {
        does: (who, title) =>
          pressed(who, { type: 'static_select', action_id: 'musher:0:0', selected_option: { value: `create story ${title}` } }),
        isCommand: false,
      },
      reaction: {
        does: (who) =>
          event(who, { type: 'reaction_added', reaction: '+1', item: { type: 'message', channel: 'C1', ts: '1700000000.000100' } }),
        isCommand: false,
      },
      edit: {
        does: (who, title) =>
          event(who, {
            type: 'message',
            subtype: 'message_changed',
            hidden: true,
            ts: slack.rooms.stamp(),
            message: { type: 'message', user: USERS[who], ts: slack.rooms.stamp(), text: `!create story ${title}` },
          }),
        isCommand: false,
      },
      deletion: {
        does: (who, title) =>
          event(who, {
            type: 'message',
            subtype: 'message_deleted',
            ts: slack.rooms.stamp(),
            previous_message: { user: USERS[who], text: `!create story ${title}` },
          }),
        isCommand: false,
      },
      'other bot': { does: (who, title) => say(who, `!create story ${title}`, { event: { bot_id: 'B9' } }), isCommand: false },
      'own message': { does: (_, title) => slack.say(`!create story ${title}`, { user: 'UBOT' }).heard, isCommand: false },
      reply: lack('a reply in Slack is a message of its thread'),
      completion: lack('Slack asks nobody while a command is typed'),
      terminal: lack('that is the console'),
    },
    redeliver: () => slack.redeliver(),
    close: () => slack.close(),
  };
}
