import { SLACK_LIMITS } from '../limits.ts';
import { slackError } from '../failure.ts';
import { objectOf, listOf, textOf, type Payload } from '../intake/payload.ts';
import type { CallSlack } from '../web-api.ts';

/** The kind of the metadata that our messages carry; people don't see it. */
export const METADATA_TYPE = 'musher_message';
/** Pages that are looked through: 4,000 messages. One that is older than that is not waited for. */
const MOST_PAGES = 20;

/** A message's metadata: the sending it belongs to, and which part it is, from 0. */
export interface SentMark {
  readonly key: string;
  readonly part: number;
}

/**
 * The parts of a sending that a channel or thread shows already, by number, with their time stamps. Slack has no key
 * that makes a message unique, so after an unknown outcome this is the only way to know.
 */
export async function readBack(call: CallSlack, room: string, thread: string | null, key: string): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer: Payload | null = await call(thread === null ? 'conversations.history' : 'conversations.replies', {
      channel: room,
      ...(thread === null ? {} : { ts: thread }),
      ...(cursor === null ? {} : { cursor }),
      limit: SLACK_LIMITS.historyPage,
      include_all_metadata: true,
    }).catch((error: unknown) => {
      // A deleted thread contains nothing.
      if (slackError(error) === 'thread_not_found') return null;
      throw error;
    });
    if (answer === null) break;
    for (const message of listOf(answer, 'messages')) {
      const metadata = objectOf(message, 'metadata');
      const payload = objectOf(metadata, 'event_payload');
      const [number, ts] = [payload['part'], textOf(message, 'ts')];
      if (textOf(metadata, 'event_type') === METADATA_TYPE && payload['key'] === key && typeof number === 'number' && ts !== null) {
        found.set(number, ts);
      }
    }
    cursor = textOf(objectOf(answer, 'response_metadata'), 'next_cursor');
    // Parts are sent one after the other: the first is the oldest, and with it all of them were seen.
    if (cursor === null || found.has(0)) break;
  }
  return found;
}
