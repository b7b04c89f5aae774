import { describe, expect, it } from 'vitest';
import { action, actions, doc, line, paragraph } from '../../../src/message/build.ts';
import { decodeHandle } from '../../../transports/slack/handle.ts';
import { open, C1, OVER_HTTP } from './workspace.ts';
import { eventually } from '../../eventually.ts';

const once = { again: false };

describe.each([
  ['Socket Mode', {}],
  ['signed requests', OVER_HTTP],
])('intake by %s', (_, how) => {
  it('takes a mention, a message and a direct message, each as what it is', async () => {
    const { slack, received } = await open(how);
    for (const [text, channel] of [
      ['<@UBOT> status', 'C1'],
      ['musher: status', 'C1'],
      ['hey <@UBOT> you', 'C1'],
      ['status', 'D1'],
    ] as const) {
      expect(await slack.say(text, { channel }).heard).toBe(true);
    }
    expect(received.map(({ ingress, text }) => [ingress, text])).toEqual([
      ['mention', '<@UBOT> status'],
      ['message', 'musher: status'],
      ['message', 'hey <@UBOT> you'],
      ['direct', 'status'],
    ]);
    expect(new Set(received.map(({ sender }) => sender.id))).toEqual(new Set(['T1:U1']));
  });

  it('calls people by the name that Slack tells, once it has told it, in texts that mention them too', async () => {
    const known = new Map<string, string>();
    const people = {
      called: (id: string, name: string | null) => void known.set(id, name ?? ''),
      nameOf: (id: string) => known.get(id) ?? null,
    };
    const { slack, received } = await open({ ...how, people });
    await slack.say('<@UBOT> ask <@U2>').heard;
    await eventually(() =>
      expect([...known]).toEqual([
        ['T1:U1', 'Name of U1'],
        ['T1:U2', 'Name of U2'],
      ]),
    );
    await slack.say('<@UBOT> <@U2> ask <@U2> and <@UBOT>').heard;
    expect(received.map(({ sender, text }) => [sender.name, text])).toEqual([
      ['U1', '<@UBOT> ask <@U2>'],
      ['Name of U1', '<@UBOT> <@U2> ask @Name of U2 and <@UBOT>'],
    ]);
  });

  it('gives a message the same id as message, as mention, and when it comes again', async () => {
    const { slack, received } = await open(how);
    const { message, heard } = slack.say('<@UBOT> status');
    await heard;
    await slack.event({ ...slack.rooms.toJson(message, false), type: 'app_mention', channel: 'C1' });
    await slack.redeliver();
    expect(received.map(({ id, ingress }) => [id, ingress])).toEqual(Array.from({ length: 3 }, () => [`ev:C1:${message.ts}`, 'mention']));
  });

  it('keeps a reply in its thread', async () => {
    const { slack, received } = await open(how);
    await slack.say('<@UBOT> status', { thread: '1700000000.000100' }).heard;
    expect(received[0]?.at).toEqual({ transport: 'slack', room: 'C1', thread: '1700000000.000100' });
  });

  it.each([
    ['its own message', { user: 'UBOT' }],
    ['another bot', { bot_id: 'B9' }],
    ['a bot’s message', { subtype: 'bot_message', bot_id: 'B9' }],
    ['an edit', { subtype: 'message_changed', hidden: true, message: { text: '<@UBOT> delete 42', user: 'U1', ts: '1.1' } }],
    ['an edited message', { edited: { user: 'U1', ts: '2.0' } }],
    ['a deletion', { subtype: 'message_deleted', hidden: true }],
    ['somebody who joins', { subtype: 'channel_join' }],
    ['a change of topic', { subtype: 'channel_topic' }],
    ['Slackbot', { user: 'USLACKBOT' }],
    ['a message without an author', { user: undefined }],
  ])('passes over %s, and acknowledges it', async (_name, event) => {
    const { slack, received } = await open(how);
    expect(await slack.say('<@UBOT> delete 42', { event }).heard).toBe(true);
    expect(received).toEqual([]);
  });

  it('tells people of a shared channel apart by their workspace', async () => {
    const { slack, received } = await open(how);
    await slack.say('<@UBOT> status', { event: { user_team: 'T9', team: 'T9' } }).heard;
    expect(received[0]?.sender.id).toBe('T9:U1');
  });

  it('gives what a person typed, not Slack’s markup of it', async () => {
    const { slack, received } = await open(how);
    await slack.say('<@UBOT> create bug a &lt;b&gt; &amp;amp; <https://x.example/a?b=1&amp;c|x.example> <#C2|general> <!here> <@U2>').heard;
    expect(received[0]?.text).toBe('<@UBOT> create bug a <b> &amp; x.example #general @here <@U2>');
  });

  it('takes slash commands, with the answer for the asker alone or with --public for all', async () => {
    const { slack, received } = await open(how);
    for (const [command, text] of [
      ['/musher', 'show 42'],
      ['/musher', 'show 42 --public'],
      ['/musher', ''],
      ['/musher-status', ''],
      ['/musher-timer-list', '--public'],
    ] as const) {
      expect(await slack.slash(text, { command })).toEqual({});
    }
    expect(received.map(({ text, at, ingress }) => [ingress, text, (decodeHandle(at.thread) as { public: boolean }).public])).toEqual([
      ['slash', 'show 42', false],
      ['slash', 'show 42', true],
      ['slash', 'help', false],
      ['slash', 'status', false],
      ['slash', 'timer list', true],
    ]);
    expect(new Set(received.map(({ id }) => id)).size).toBe(5);
  });

  it('gives a slash command that comes again the id it had', async () => {
    const { slack, received } = await open(how);
    await slack.slash('status');
    await slack.redeliver();
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
    expect(received).toHaveLength(2);
  });

  it('takes a button as its command, in the thread of its message', async () => {
    const { slack, received, transport } = await open(how);
    const question = doc(paragraph('Merge?'), actions(action('Approve', 'approve 42', 'primary')));
    await transport.send({ ...C1, thread: '1700000000.000100' }, question, 'k', once);
    await slack.press('Approve', 'U7', '1700000001.000200');
    expect(received).toMatchObject([
      {
        id: 'button:1700000001.000200:U7',
        ingress: 'button',
        text: 'approve 42',
        sender: { id: 'T1:U7' },
        at: { room: 'C1', thread: '1700000000.000100' },
      },
    ]);
  });

  it('answers a button that one person sees to that person', async () => {
    const { slack, received, transport } = await open(how);
    await slack.slash('delete 42');
    await transport.send(received[0]?.at ?? C1, doc(actions(action('Yes', 'yes 1'))), 'k', once);
    await slack.press('Yes');
    await transport.send(received[1]?.at ?? C1, line('deleted'), 'k2', once);
    expect(slack.rooms.all.at(-1)).toMatchObject({ onlyFor: 'U1' });
  });

  it('shows a form for `create` without a title, and takes what is filled in', async () => {
    const { slack, received, transport } = await open(how);
    await slack.slash('create bug');
    await eventually(() => expect(slack.views).toHaveLength(1));
    expect(received).toEqual([]);
    await slack.submit({
      type: { type: { selected_option: { value: 'bug' } } },
      title: { title: { value: 'The login\n forgets' } },
      body: { body: { value: 'It does.\n- [ ] it does not' } },
    });
    expect(received).toMatchObject([
      { ingress: 'modal', text: 'create bug The login forgets\nIt does.\n- [ ] it does not', sender: { id: 'T1:U1' }, at: { room: 'C1' } },
    ]);
    await slack.redeliver();
    expect(received[1]?.id).toBe(received[0]?.id);
    await transport.send(received[0]?.at ?? C1, line('Created'), 'k', once);
    expect(slack.rooms.all.at(-1)).toMatchObject({ onlyFor: 'U1', channel: 'C1' });
  });

  it('shows the form by another word for the command, with what was typed already', async () => {
    const { slack } = await open(how);
    await slack.slash('add spike');
    await eventually(() => expect(slack.views).toHaveLength(1));
    expect(JSON.stringify(slack.views[0])).toContain('"initial_option":{"text":{"type":"plain_text","text":"spike"},"value":"spike"}');
  });

  it('says what to type where the form does not open', async () => {
    const { slack } = await open(how);
    slack.trouble('views.open', { kind: 'refused', error: 'expired_trigger_id' });
    await slack.slash('create');
    await eventually(() => expect(slack.rooms.said('C1')[0]).toContain('/musher create <story|bug'));
  });

  describe('a button that asks for a text', () => {
    const reject = {
      ...action('Reject', 'reject shop#1', 'danger'),
      typed: 'reject 1 <reason>',
      asks: { title: 'Reject #1', label: 'Reason' },
    };
    const asking = async (): Promise<Awaited<ReturnType<typeof open>>> => {
      const at = await open(how);
      await at.transport.send(C1, doc(actions(reject)), 'k', once);
      await at.slack.press('Reject');
      return at;
    };

    it('shows a field, and takes what is written into it behind its command, once', async () => {
      const { slack, received } = await asking();
      await eventually(() => expect(slack.views).toHaveLength(1));
      expect(received).toEqual([]);
      await slack.fillIn('no tests\nfor *tax*');
      const taken = {
        ingress: 'modal',
        text: 'reject shop#1 no tests\nfor *tax*',
        sender: { id: 'T1:U1' },
        at: { room: 'C1', thread: null },
      };
      expect(received).toMatchObject([taken]);
      await slack.redeliver();
      expect(new Set(received.map(({ id }) => id)).size).toBe(1);
    });

    it('says what to type where the field does not open', async () => {
      const { slack, transport } = await open(how);
      await transport.send(C1, doc(actions(reject)), 'k', once);
      slack.trouble('views.open', { kind: 'refused', error: 'expired_trigger_id' });
      await slack.press('Reject');
      await eventually(() => expect(slack.rooms.said('C1').join()).toContain('/musher reject shop#1 <text>'));
    });

    it('keeps the field open where its text cannot be stored', async () => {
      const { slack, sink } = await asking();
      await eventually(() => expect(slack.views).toHaveLength(1));
      sink.fails = new Error('disk full');
      expect(await slack.fillIn('no tests')).toMatchObject({ response_action: 'errors' });
    });
  });

  it('leaves `create` with a title, or with a kind that there is not, to the command', async () => {
    const { slack, received } = await open(how);
    await slack.slash('create bug x');
    await slack.slash('create banana');
    expect(received.map(({ text }) => text)).toEqual(['create bug x', 'create banana']);
  });

  it('keeps the form open when what was filled in cannot be stored', async () => {
    const { slack, sink } = await open(how);
    await slack.slash('create');
    await eventually(() => expect(slack.views).toHaveLength(1));
    sink.fails = new Error('disk full');
    expect(await slack.submit({ title: { title: { value: 'x' } } })).toMatchObject({ response_action: 'errors' });
  });

  it('learns the names of people, for people’s eyes', async () => {
    const { slack, received } = await open(how);
    await slack.say('<@UBOT> status').heard;
    await eventually(() => expect(slack.called('users.info')).toHaveLength(1));
    await eventually(async () => {
      await slack.say('<@UBOT> status').heard;
      expect(received.at(-1)?.sender).toMatchObject({ id: 'T1:U1', name: 'Name of U1' });
    });
  });
});
