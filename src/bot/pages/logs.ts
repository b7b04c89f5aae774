import { createHash } from 'node:crypto';
import { codeBlock, command as typed, doc, paragraph } from '../../message/build.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { counted } from '../../words/amounts.ts';
import { itemTitle } from '../../words/item/item.ts';
import { answer } from '../../words/replies.ts';
import type { Reply } from '../../words/reply.ts';
import type { UnreadOfItem } from '../capabilities.ts';
import type { CommandContext } from '../command.ts';

/** Lines that `more` can go back over. */
export const MOST_READ = 5_000;

/** The lines before those that were shown; what the run has written since then comes with the next `logs`. */
export async function moreLogs(context: CommandContext, unread: Extract<UnreadOfItem, { of: 'logs' }>, item: WorkItem): Promise<Reply> {
  const { run, lines, shown, oldest } = unread;
  const written = await context.runLog(item, run, MOST_READ);
  const expected = written.length - shown;
  const found = written.findLastIndex((line, index) => index <= expected && digestOf(line) === oldest);
  const end = Math.max(0, found === -1 ? expected : found);
  return logPage(context, { item, run, lines }, written, end, `${itemTitle(item, context.project.name)}, run ${run}, before that:`);
}

/** The `lines` before `end`, with what is left of them. */
export function logPage(
  context: CommandContext,
  { item, run, lines }: { readonly item: WorkItem; readonly run: number; readonly lines: number },
  written: readonly string[],
  end: number,
  about: string,
): Reply {
  const from = Math.max(0, end - lines);
  const [oldest = ''] = written.slice(from);
  const { project, number } = item;
  return context.change(() => {
    context.keepUnread(
      from === 0 ? null : { of: 'logs', project, item: number, run, lines, shown: written.length - from, oldest: digestOf(oldest) },
    );
    const shown = written.slice(from, end);
    return answer(
      doc(
        paragraph(about),
        shown.length > 0 && codeBlock(shown.join('\n')),
        from > 0
          ? paragraph(`${counted(from, 'earlier line')}: `, typed('more'), '.')
          : end < written.length && paragraph('That is the beginning.'),
      ),
    );
  });
}

function digestOf(line: string): string {
  return createHash('sha256').update(line).digest('base64url').slice(0, 16);
}
