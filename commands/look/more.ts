import { command } from '../../src/bot/command.ts';
import { refused } from '../../src/words/replies.ts';
import { command as typed } from '../../src/message/build.ts';
import { moreDiff } from '../../src/bot/pages/diff.ts';
import { moreFound } from '../../src/bot/pages/found.ts';
import { moreHistory } from '../../src/bot/pages/history.ts';
import { moreSnapshot } from '../../src/bot/pages/snapshot.ts';
import { moreReport } from '../../src/bot/pages/report.ts';
import { moreLogs } from '../../src/bot/pages/logs.ts';

export const more = command({
  words: ['more'],
  summary:
    'Shows what comes next of the last `logs`, `diff`, `history`, `snapshots`, `report` or `search` that you asked for in this room.',
  details: 'For each person and room on its own, also after a restart. A `diff` starts again if the change is another one by then.',
  examples: ['more'],
  args: {},
  role: 'viewer',
  waits: true,
  async run(context) {
    const unread = context.unread();
    if (unread === null)
      return refused(
        'nothing-more',
        'There is nothing more to show. ',
        typed('logs <number>'),
        ', ',
        typed('diff <number>'),
        ' or ',
        typed('search <words>'),
        ' come first.',
      );
    if (unread.of === 'search') return moreFound(context, unread);
    const ref = { project: unread.project, number: unread.item };
    // Of a deleted item its history and snapshots are shown too.
    const found = unread.of === 'history' || unread.of === 'snapshot' ? context.findAny(ref) : context.find(ref);
    if (!found.ok) return found.error;
    const item = found.value;
    switch (unread.of) {
      case 'logs':
        return moreLogs(context, unread, item);
      case 'diff':
        return moreDiff(context, unread, item);
      case 'snapshot':
        return moreSnapshot(context, unread, item);
      case 'history':
        return moreHistory(context, unread, item);
      case 'report':
        return moreReport(context, unread, item);
    }
  },
});
