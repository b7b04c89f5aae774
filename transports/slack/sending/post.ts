import { METADATA_TYPE, type SentMark } from './read-back.ts';
import { crashPoint } from '../../../src/crash-point.ts';
import type { SlackBody } from '../render/render.ts';
import { textOf } from '../intake/payload.ts';
import type { CallSlack } from '../web-api.ts';

/** What no message of ours does: look for names, channels and links in its text, or show what is behind them. */
export const INERT = { mrkdwn: false, parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false } as const;

/** Where a message is posted. `broadcast`: a reply in a thread that also appears in the channel. */
export interface Place {
  readonly room: string;
  readonly thread: string | null;
  readonly broadcast: boolean;
}

/** Posts one message and gives its time stamp, which is its name in the channel. */
export async function post(call: CallSlack, { room, thread, broadcast }: Place, body: SlackBody, mark: SentMark): Promise<string> {
  const answer = await call('chat.postMessage', {
    channel: room,
    ...(thread === null ? {} : { thread_ts: thread, ...(broadcast ? { reply_broadcast: true } : {}) }),
    ...body,
    ...INERT,
    metadata: { event_type: METADATA_TYPE, event_payload: { ...mark } },
  });
  crashPoint('network/slack/after-post');
  const ts = textOf(answer, 'ts');
  if (ts === null) throw new Error('Slack accepted a message without giving it an id.');
  return ts;
}

/** Replaces what a message shows. */
export async function update(call: CallSlack, room: string, ts: string, body: SlackBody): Promise<void> {
  await call('chat.update', { channel: room, ts, ...body, parse: 'none', link_names: false });
}
