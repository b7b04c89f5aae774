import { requestDocument } from '../../src/words/item/request.ts';
import { command } from '../../src/bot/command.ts';
import { itemTitle } from '../../src/words/item/item.ts';
import { duration, moment } from '../../src/words/time.ts';
import { answer, done } from '../../src/words/replies.ts';
import { join, line, phrase } from '../../src/message/build.ts';
import { readerOf } from '../../src/words/reader.ts';

/** Requests shown in full, each as long as a message; the rest are counted. */
const MOST = 5;

export const requests = command({
  words: ['requests'],
  summary: 'Lists the open requests of agents: permissions and questions.',
  details: 'Oldest first, each in full, with its buttons.',
  examples: ['requests'],
  args: {},
  role: 'viewer',
  run(context) {
    const { now, timezone, current } = readerOf(context);
    const open = context.reads.requests.open(current).sort((a, b) => a.number - b.number);
    if (open.length === 0) return done(`No open requests in ${current}.`);
    const shown = open.slice(0, MOST).map((request) => {
      const item = context.reads.item(request.project, request.item);
      const about = item === null ? String(request.item) : itemTitle(item, current);
      const until = phrase`${moment(request.expiresAt, now, timezone)} (asked ${duration(now - request.openedAt)} ago)`;
      return requestDocument(request, [about], until);
    });
    const more = open.length > MOST ? [line(`and ${open.length - MOST} more`)] : [];
    return answer(join(...shown, ...more));
  },
});
