import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import { action, actions, command, doc, line, paragraph } from '../../../src/message/build.ts';
import { encodeHandle, type AnswerHandle } from '../../../transports/slack/handle.ts';
import { SlowEdits } from '../../../transports/slack/sending/slow-edits.ts';
import type { SendFailure } from '../../../transports/transport.ts';
import { C1, open, prepare, start } from './workspace.ts';
import { eventually } from '../../eventually.ts';

const once = { again: false };
const again = { again: true };
const words = (count: number): string => Array.from({ length: count }, (_, index) => `w${index}`).join(' ');

async function failure(sending: Promise<unknown>): Promise<SendFailure> {
  return sending.then(
    () => {
      throw new Error('It was sent.');
    },
    (error: unknown) => error as SendFailure,
  );
}

describe('a message to a channel', () => {
  it('is shown once when the reply to it was lost and it is sent again, also by the next process', async () => {
    const { slack, transport, state } = await open();
    slack.trouble('chat.postMessage', { kind: 'reply lost' });
    expect((await failure(transport.send(C1, line('merged 42'), 'outbox:1', once))).outcome).toBe('unknown');
    const next = await open({}, { slack, state });
    const [ref] = await next.transport.send(C1, line('merged 42'), 'outbox:1', again);
    expect(slack.rooms.said('C1')).toEqual(['merged 42']);
    expect(ref?.id).toBe(slack.rooms.all[0]?.ts);
  });

  it('is sent again where Slack never got it', async () => {
    const { slack, transport } = await open();
    slack.trouble('chat.postMessage', { kind: 'broken' });
    expect((await failure(transport.send(C1, line('merged 42'), 'outbox:1', once))).outcome).toBe('unknown');
    await transport.send(C1, line('merged 42'), 'outbox:1', again);
    expect(slack.rooms.said('C1')).toEqual(['merged 42']);
  });

  it('is not taken for one of an earlier installation that counted alike', async () => {
    const { slack, transport } = await open();
    await transport.send(C1, line('the old one'), 'outbox:1', once);
    const other = await open({}, { slack });
    await other.transport.send(C1, line('the new one'), 'outbox:1', again);
    expect(slack.rooms.said('C1')).toEqual(['the old one', 'the new one']);
  });

  it('continues where it broke off when it takes several messages', async () => {
    const { slack, transport, state } = await open();
    slack.trouble('chat.postMessage', { kind: 'slow', ms: 0 }, { kind: 'reply lost' });
    await failure(transport.send(C1, line(words(2_000)), 'outbox:1', once));
    const next = await open({}, { slack, state });
    const refs = await next.transport.send(C1, line(words(2_000)), 'outbox:1', again);
    expect(refs.map(({ id }) => id)).toEqual(slack.rooms.all.map(({ ts }) => ts));
    expect(
      slack.rooms
        .said('C1')
        .join(' ')
        .match(/\bw\d+\b/g),
    ).toEqual(words(2_000).split(' '));
  });

  it('of which a part was sent says so, so that the next process looks before it continues', async () => {
    const { slack, transport, state } = await open();
    slack.trouble('chat.postMessage', { kind: 'slow', ms: 0 }, { kind: 'limited', seconds: 2 });
    const failed = await failure(transport.send(C1, line(words(2_000)), 'outbox:1', once));
    expect(failed).toMatchObject({ outcome: 'unknown', retryAfterMs: 2_000 });
    const next = await open({}, { slack, state });
    await next.transport.send(C1, line(words(2_000)), 'outbox:1', again);
    expect(
      slack.rooms
        .said('C1')
        .join(' ')
        .match(/\bw\d+\b/g),
    ).toEqual(words(2_000).split(' '));
  });

  it('is read back in its thread', async () => {
    const { slack, transport, state } = await open();
    const { message } = slack.say('talk');
    const to = { ...C1, thread: message.ts };
    slack.trouble('chat.postMessage', { kind: 'reply lost' });
    await failure(transport.send(to, line('in the thread'), 'k', once));
    const next = await open({}, { slack, state });
    await next.transport.send(to, line('in the thread'), 'k', again);
    expect(slack.rooms.all.filter(({ bot }) => bot).map(({ thread }) => thread)).toEqual([message.ts]);
  });

  it('stays unknown while it cannot be read back, and is not sent meanwhile', async () => {
    const { slack, transport } = await open();
    slack.trouble('conversations.history', { kind: 'limited', seconds: 7 });
    const failed = await failure(transport.send(C1, line('x'), 'k', again));
    expect(failed).toMatchObject({ outcome: 'unknown', retryAfterMs: 7_000 });
    expect(slack.called('chat.postMessage')).toEqual([]);
  });

  it('is refused for the whole workspace where a second channel is refused while the first waits', async () => {
    const { slack, transport } = await open();
    const limited = { kind: 'limited', seconds: 30 } as const;
    slack.trouble('chat.postMessage', limited, limited, limited);
    expect(await failure(transport.send(C1, line('x'), 'k1', once))).toMatchObject({ everywhere: false, retryAfterMs: 30_000 });
    expect(await failure(transport.send(C1, line('x'), 'k1', once))).toMatchObject({ everywhere: false });
    const other = await failure(transport.send({ ...C1, room: 'C2' }, line('y'), 'k2', once));
    expect(other).toMatchObject({ outcome: 'not-sent', everywhere: true, retryAfterMs: 30_000 });
  });

  it('stays unsent without counting against it where the token is revoked before it can be read back', async () => {
    const { slack, transport } = await open();
    slack.trouble('conversations.history', { kind: 'refused', error: 'token_revoked' });
    expect(await failure(transport.send(C1, line('x'), 'k', again))).toMatchObject({ outcome: 'unknown', everywhere: true });
  });

  it('is tried once where Slack says to wait, and says for how long', async () => {
    const { slack, transport } = await open();
    slack.trouble('chat.postMessage', { kind: 'limited', seconds: 3 });
    expect(await failure(transport.send(C1, line('x'), 'k', once))).toMatchObject({ outcome: 'not-sent', retryAfterMs: 3_000 });
    expect(slack.called('chat.postMessage')).toHaveLength(1);
    await transport.send(C1, line('x'), 'k', again);
    expect(slack.rooms.said('C1')).toEqual(['x']);
    expect(slack.called('conversations.history').filter(({ args }) => args.has('include_all_metadata'))).toEqual([]);
  });

  it.each([
    ['invalid_blocks', 'rejected'],
    ['is_archived', 'rejected'],
    ['not_in_channel', 'not-sent'],
    ['invalid_auth', 'not-sent'],
    ['fatal_error', 'unknown'],
    ['something_new', 'unknown'],
  ])('that Slack answers with %s is %s', async (error, outcome) => {
    const { slack, transport } = await open();
    slack.trouble('chat.postMessage', { kind: 'refused', error });
    expect((await failure(transport.send(C1, line('x'), 'k', once))).outcome).toBe(outcome);
  });

  it('whose answer is no answer is unknown', async () => {
    const { slack, transport } = await open();
    slack.trouble('chat.postMessage', { kind: 'garbled' });
    expect((await failure(transport.send(C1, line('x'), 'k', once))).outcome).toBe('unknown');
  });

  it('unfurls nothing and looks for no names', async () => {
    const { slack, transport } = await open();
    await transport.send(C1, line('https://evil.example @ada #general'), 'k', once);
    expect(slack.rooms.all[0]?.unfurled).toBe(false);
    const [{ args } = { args: new URLSearchParams() }] = slack.called('chat.postMessage');
    expect(Object.fromEntries(args)).toMatchObject({
      link_names: 'false',
      parse: 'none',
      mrkdwn: 'false',
      unfurl_links: 'false',
      unfurl_media: 'false',
    });
  });
});

describe('an edit', () => {
  it('that needs more messages, or fewer, shows all of it and nothing else', async () => {
    const { slack, transport } = await open();
    const [ref] = await transport.send(C1, line('short'), 'k', once);
    if (ref === undefined) throw new Error('not sent');
    await transport.edit(ref, line(words(2_000)));
    expect(
      slack.rooms
        .said('C1')
        .join(' ')
        .match(/\bw\d+\b/g),
    ).toEqual(words(2_000).split(' '));
    await transport.edit(ref, line('short again'));
    expect(slack.rooms.said('C1')).toEqual(['short again']);
  });

  it('of a message that somebody deleted shows it anew, once, and edits that from then on', async () => {
    const { slack, transport, state } = await open();
    const [ref] = await transport.send(C1, line('running'), 'live:1', once);
    const [message] = slack.rooms.all;
    if (ref === undefined || message === undefined) throw new Error('not sent');
    slack.rooms.remove(message);
    await transport.edit(ref, line('still running'));
    await transport.edit(ref, line('done'));
    const next = await open({}, { slack, state });
    await next.transport.edit(ref, line('really done'));
    expect(slack.rooms.said('C1')).toEqual(['really done']);
  });

  it.each([
    ['in the channel', null, '/musher start 1'],
    ['in a thread', encodeHandle({ kind: 'thread', ts: '1700000000.000100' }), '!start 1'],
  ])('after a restart writes commands as they are typed %s', async (_, thread, form) => {
    const { slack, transport, state } = await open();
    const refs = await transport.send({ ...C1, thread }, line('running'), 'outbox:1', once);
    const next = await open({}, { slack, state });
    // As the log keeps it.
    const [ref] = JSON.parse(JSON.stringify(refs)) as typeof refs;
    if (ref === undefined) throw new Error('not sent');
    await next.transport.edit(ref, line(command('start 1'), ' to begin'));
    expect(slack.rooms.said('C1').at(-1)).toContain(`${form} to begin`);
    await next.transport.retire(ref, line(command('start 1'), ' was pressed'));
    expect(slack.rooms.said('C1').at(-1)).toContain(`${form} was pressed`);
  });

  it('of what is not ours shows nothing of it', async () => {
    const { slack, transport } = await open();
    const { message } = slack.say('mine');
    await transport.edit({ transport: 'slack', room: 'C1', id: message.ts }, line('x'));
    expect(message.text).toBe('mine');
  });
});

describe('an answer to a slash command', () => {
  const handle = (url: string | null, more: Partial<AnswerHandle> = {}): string =>
    encodeHandle({ kind: 'answer', url, user: 'U1', at: Date.now(), public: false, thread: null, ...more });

  it('is seen by the asker alone, at the response address five times and then as an ephemeral message', async () => {
    const { slack, transport } = await open();
    const to = { ...C1, thread: handle(slack.respondTo('C1', 'U1')) };
    for (let index = 0; index < 7; index++) await transport.send(to, line(`answer ${index}`), `k${index}`, once);
    expect(slack.rooms.said('C1')).toEqual(Array.from({ length: 7 }, (_, index) => `answer ${index}`));
    expect(slack.rooms.all.every(({ onlyFor }) => onlyFor === 'U1')).toBe(true);
    expect([slack.called('respond').length, slack.called('chat.postEphemeral').length]).toEqual([5, 2]);
  });

  it('finds its way after half an hour, and where the address is used up without our knowing', async () => {
    const { slack, transport } = await open();
    await transport.send(
      { ...C1, thread: handle(slack.respondTo('C1', 'U1'), { at: Date.now() - 30 * 60_000 }) },
      line('late'),
      'k1',
      once,
    );
    await transport.send({ ...C1, thread: handle(slack.respondTo('C1', 'U1', 0)) }, line('expired'), 'k2', once);
    expect(slack.rooms.said('C1')).toEqual(['late', 'expired']);
    expect(slack.called('chat.postEphemeral')).toHaveLength(2);
  });

  it('reaches the asker directly where the app is not in the channel', async () => {
    const { slack, transport } = await open();
    await transport.send({ ...C1, room: 'C9', thread: handle(null) }, line('hello'), 'k', once);
    expect(slack.rooms.said('D1')).toEqual(['hello']);
  });

  it('calls no address that is not Slack’s', async () => {
    const { slack, transport } = await open();
    await transport.send({ ...C1, thread: handle(`${slack.apiUrl}chat.postMessage`) }, line('x'), 'k', once);
    expect(slack.called('chat.postEphemeral')).toHaveLength(1);
  });

  it('is public on demand, also where the app is not in the channel', async () => {
    const { slack, transport } = await open();
    await transport.send({ ...C1, thread: handle(slack.respondTo('C1', 'U1'), { public: true }) }, line('for all'), 'k1', once);
    await transport.send(
      { ...C1, room: 'C9', thread: handle(slack.respondTo('C9', 'U1'), { public: true }) },
      line('there too'),
      'k2',
      once,
    );
    expect([...slack.rooms.said('C1'), ...slack.rooms.said('C9')]).toEqual(['for all', 'there too']);
    expect(slack.rooms.all.map(({ onlyFor }) => onlyFor)).toEqual([null, null]);
  });

  it('says so when it may be shown for the second time', async () => {
    const { slack, transport } = await open();
    const to = { ...C1, thread: handle(slack.respondTo('C1', 'U1')) };
    slack.trouble('respond', { kind: 'reply lost' });
    expect((await failure(transport.send(to, line('the answer'), 'k', once))).outcome).toBe('unknown');
    await transport.send(to, line('the answer'), 'k', again);
    expect(slack.rooms.said('C1')[1]).toContain('you may have seen this before');
  });

  it('that lives is shown anew when it is edited, and the newest is shown at the end', async () => {
    const opened = await prepare();
    await start(opened);
    const { slack, transport } = opened;
    const [ref] = await transport.send({ ...C1, thread: handle(slack.respondTo('C1', 'U1')) }, line('1'), 'k', once);
    if (ref === undefined) throw new Error('not sent');
    for (const text of ['2', '3', '4']) await transport.edit(ref, line(text));
    expect(slack.rooms.said('C1')).toEqual(['1', '2']);
    await transport.stop(new AbortController().signal);
    expect(slack.rooms.said('C1')).toEqual(['1', '2', '4']);
  });
});

describe('slow edits', () => {
  it('come at growing intervals, each with what is newest then', async () => {
    let now = 0;
    const timers: { time: number; fire: () => void }[] = [];
    const clock: Clock = {
      now: () => now,
      at(time, fire) {
        const timer = { time, fire };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
      },
    };
    const shown: { at: number; text: string }[] = [];
    const edits = new SlowEdits(
      clock,
      async (_, body) => {
        shown.push({ at: now, text: JSON.stringify(body.blocks[0]).replaceAll(/\D/g, '') });
      },
      (error) => {
        throw error;
      },
    );
    for (; now <= 60_000; now += 1_000) {
      for (const due of timers.filter(({ time }) => time <= now)) {
        timers.splice(timers.indexOf(due), 1);
        due.fire();
      }
      await edits.edit('a', line(String(now)));
    }
    expect(shown.map(({ at }) => at)).toEqual([0, 5_000, 15_000, 35_000]);
    expect(shown.every(({ at, text }) => at - Number(text) <= 1_000)).toBe(true);
  });
});

describe('the sign that a command is worked on', () => {
  it('stands on the message while it lasts', async () => {
    const { slack, transport, received } = await open();
    const { message } = slack.say('<@UBOT> status');
    await eventually(() => expect(received).toHaveLength(1));
    const [came] = received;
    if (came === undefined) throw new Error('nothing came');
    await transport.showWork(came, true);
    await transport.showWork(came, true);
    expect([...message.reactions]).toEqual(['eyes']);
    await transport.showWork(came, false);
    expect([...message.reactions]).toEqual([]);
  });
});

it('puts the command alone into a button, and a command that has no room there into the text', async () => {
  const { slack, transport } = await open();
  const long = `reject 42 ${'x'.repeat(2_000)}`;
  await transport.send(
    C1,
    doc(paragraph('Review'), actions(action('Approve', 'approve 42', 'primary'), action('Reject', long, 'danger'))),
    'k',
    once,
  );
  expect(JSON.stringify(slack.rooms.all[0]?.blocks)).toContain('"value":"approve 42"');
  expect(slack.rooms.said('C1')[0]).toContain(long);
});

describe('a conversation with one person', () => {
  it('is the same each time, takes messages and is answered from', async () => {
    const { slack, transport, received } = await open();
    const room = await transport.direct('T1:U2');
    expect(await transport.direct('T1:U2')).toBe(room);
    await transport.send({ transport: 'slack', room, thread: null }, line('two questions'), 'd1', once);
    await slack.say('approve 1', { channel: room }).heard;
    expect(received.at(-1)).toMatchObject({ ingress: 'direct', at: { room }, text: 'approve 1' });
  });

  it('that Slack does not open is refused for good, and so is one that the app may not open', async () => {
    const { slack, transport } = await open();
    slack.rooms.unreachable.add('U3');
    expect((await failure(transport.direct('T1:U3'))).outcome).toBe('rejected');
    slack.scopes = slack.scopes.filter((scope) => scope !== 'im:write');
    expect((await failure(transport.direct('T1:U2'))).outcome).toBe('rejected');
  });
});
