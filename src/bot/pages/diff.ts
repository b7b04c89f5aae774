import type { UnreadOfItem } from '../capabilities.ts';
import type { CommandContext } from '../command.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { CommitSha } from '../../pipeline/values.ts';
import type { Reply } from '../../words/reply.ts';
import { bytes, counted } from '../../words/amounts.ts';
import { short } from '../../words/item/event.ts';
import { rejectButton } from '../../words/item/card.ts';
import { itemName, itemTitle, mergedAs } from '../../words/item/item.ts';
import { projectOf } from '../of-item.ts';
import { answer, refused } from '../../words/replies.ts';
import type { Diff } from '../../git/history.ts';
import { action, actions, code, codeBlock, command as typed, doc, paragraph } from '../../message/build.ts';
import type { Block } from '../../message/document.ts';
import { diffPicture } from '../../words/pictures/diff.ts';
import { readerOf } from '../../words/reader.ts';

/** Most bytes of a change that are read. */
export const MOST_BYTES = 200_000;
/** Characters of a change in one answer: what a phone shows on a few screens. */
const PAGE = 5_000;

/** What follows what was shown of a change, or the new change from its beginning. */
export async function moreDiff(context: CommandContext, unread: Extract<UnreadOfItem, { of: 'diff' }>, item: WorkItem): Promise<Reply> {
  const change = await changeOf(context, item);
  if (change === null || change.commit !== unread.commit)
    return firstOfDiff(context, item, { before: 'The change is another one by now. ' });
  return page(context, item, change, unread.from, [
    paragraph(`${itemTitle(item, context.project.name)} at ${short(change.commit)}, what follows:`),
  ]);
}

interface Change {
  readonly commit: CommitSha;
  readonly merged: boolean;
  readonly branch: string | null;
  readonly diff: Diff;
}

/** What an item has changed, or its merge; null where there is nothing, or no longer. */
async function changeOf(context: CommandContext, item: WorkItem): Promise<Change | null> {
  const { git } = projectOf(context, item);
  const merged = mergedAs(item.stage);
  const { work } = item;
  if (merged !== null) {
    const shown = await git.diffOfCommit(merged.mergeCommit, MOST_BYTES);
    return shown === null ? null : { commit: merged.mergeCommit, merged: true, branch: null, diff: shown };
  }
  const shown = work === null || work.commitsAhead === 0 ? null : await git.diff({ branch: work.branch, maxBytes: MOST_BYTES });
  return work === null || shown === null ? null : { commit: work.head, merged: false, branch: work.branch, diff: shown };
}

/** The files that an item has changed, the beginning of the change, and a button where it waits for approval. */
export async function firstOfDiff(
  context: CommandContext,
  item: WorkItem,
  { before = '', pictured = false }: { readonly before?: string; readonly pictured?: boolean } = {},
): Promise<Reply> {
  const reader = readerOf(context);
  const title = itemTitle(item, reader.current);
  const name = itemName(item, reader.current);
  const change = await changeOf(context, item);
  if (change === null) return nothing(item, title, name);
  const step = context.step(item);
  const asks = !change.merged && step.do === 'wait' && step.for === 'approval';
  // The button names project and commit. Pressed later, it must not approve another item or a commit that nobody has seen.
  const approve = {
    ...action('Approve', `approve ${item.project}#${item.number} ${short(change.commit)}`, 'primary'),
    typed: `approve ${name}`,
  };
  const where =
    change.branch === null ? [`, merged as ${short(change.commit)}`] : [' on ', code(change.branch), ` at ${short(change.commit)}`];
  const head = paragraph(`${before}${title}`, ...where, `: ${sumOf(change.diff.stat)}.`);
  const files = [head, ...filesOf(change.diff.stat)];
  const { stat, text } = change.diff;
  const note = change.branch === null ? `merged as ${short(change.commit)}` : `${change.branch} at ${short(change.commit)}`;
  const picture = pictured ? diffPicture(title, `${note}: ${sumOf(stat)}`, text, partOf(text, 0).shown) : null;
  if (!asks) return page(context, item, change, 0, files, { picture });
  const occasion = { kind: 'item', project: item.project, number: item.number, stage: item.stage.name, since: item.stageSince } as const;
  return page(context, item, change, 0, files, { picture, asked: { buttons: actions(approve, rejectButton(item, name)), occasion } });
}

function nothing(item: WorkItem, title: string, name: string): Reply {
  const merged = mergedAs(item.stage);
  if (merged === null) return refused('no-change', `${title} has no commits yet. `, typed(`why ${name}`), ' shows what it is waiting for.');
  return refused(
    'no-change',
    `${title} was merged as ${short(merged.mergeCommit)}, but that commit is gone: the repository’s history was rewritten. `,
    typed(`snapshots ${name}`),
    ' lists the snapshots.',
  );
}

/** The part of a change's text that begins at `from`, in whole lines, and where the next one begins. */
export function partOf(
  text: string,
  from: number,
): { readonly shown: string; readonly to: number; readonly left: boolean; readonly percent: number } {
  const whole = text.trimEnd();
  const cut = whole.length - from > PAGE ? whole.lastIndexOf('\n', from + PAGE) : whole.length;
  // A line that is longer than a page is cut within.
  const to = cut > from ? cut : from + PAGE;
  const shown = whole.slice(from, to).replace(/^\n/, '').toWellFormed();
  return { shown, to, left: to < whole.length, percent: Math.round((to / whole.length) * 100) };
}

/** A part of the change. */
function page(
  context: CommandContext,
  { project, number }: WorkItem,
  { commit, diff: { text, truncated } }: Change,
  from: number,
  head: readonly Block[],
  {
    picture = null,
    asked = null,
  }: {
    readonly picture?: Block | null;
    readonly asked?: { readonly buttons: Block; readonly occasion: NonNullable<Reply['occasion']> } | null;
  } = {},
): Reply {
  const { shown, to, left, percent } = partOf(text, from);
  return context.change(() => {
    context.keepUnread(left ? { of: 'diff', project, item: number, commit, from: to } : null);
    const rest = truncated ? paragraph(`That is the first ${bytes(MOST_BYTES)}; the rest is in the repository.`) : null;
    const reply = answer(
      doc(...head, codeBlock(shown, 'diff'), left ? paragraph(`${percent} % shown: `, typed('more'), '.') : rest, picture, asked?.buttons),
    );
    return asked === null ? reply : { ...reply, occasion: asked.occasion };
  });
}

/** The last line of git's table of files, short enough for a phone: `3 files, +10 −2`. */
function sumOf(stat: string): string {
  const last = stat.trimEnd().split('\n').at(-1) ?? '';
  const count = (pattern: RegExp): number => Number(pattern.exec(last)?.[1] ?? 0);
  return `${counted(count(/(\d+) files? changed/), 'file')} changed, +${count(/(\d+) insertion/)} −${count(/(\d+) deletion/)}`;
}

function filesOf(stat: string): Block[] {
  const files = stat.trimEnd().split('\n').slice(0, -1).join('\n');
  return files === '' ? [] : [codeBlock(files)];
}
