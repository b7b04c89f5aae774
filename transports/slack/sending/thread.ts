import type { MessageRef } from '../../transport.ts';
import { sendFailure, slackError } from '../failure.ts';
import { listOf } from '../intake/payload.ts';
import type { CallSlack } from '../web-api.ts';

/**
 * A thread is named by the time stamp of its first message. That one is looked for, once for each thread: under a message
 * that was deleted before anyone answered it, an answer would be where nobody finds it.
 */
export async function threadUnder(call: CallSlack, { room, id }: MessageRef): Promise<string | null> {
  if (!/^\d+\.\d+$/.test(id)) return null;
  try {
    const found = await call('conversations.replies', { channel: room, ts: id, limit: 1 });
    return listOf(found, 'messages').length === 0 ? null : id;
  } catch (error) {
    if (slackError(error) === 'thread_not_found') return null;
    throw sendFailure(error);
  }
}
