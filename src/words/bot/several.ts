import { doc, join, line, list, paragraph, type Content } from '../../message/build.ts';
import type { Block, Document, Inline } from '../../message/document.ts';
import { plainText } from '../../message/plain.ts';
import { itemLabel } from '../item/item.ts';
import { refused } from '../replies.ts';
import type { Reply } from '../reply.ts';
import type { WorkItem } from '../../pipeline/types.ts';

/** What a command did to one of several items. */
export interface Outcome {
  readonly ref: Pick<WorkItem, 'project' | 'number'>;
  readonly reply: Reply;
}

/** A line for each item, `✗` before those it could not be done to. Numbers of a range that were never given are one line. */
export function linesOf(outcomes: readonly Outcome[], current: string): Content[][] {
  const unknown = outcomes.filter(({ reply }) => reply.code === 'no-such-item');
  const own = unknown.length < 2 ? outcomes : outcomes.filter((one) => !unknown.includes(one));
  const lines = own.map(({ reply: { ok, body } }): Content[] => asLine(ok ? body : join(line('✗ '), body)));
  if (unknown.length < 2) return lines;
  return [...lines, [`✗ There are no items ${unknown.map(({ ref }) => itemLabel(ref, current)).join(', ')}.`]];
}

/** One reply to a command on several items. `left`: how many more there are than were taken at once. */
export function allOf(outcomes: readonly Outcome[], current: string, left = 0): Reply {
  const failed = outcomes.filter(({ reply }) => !reply.ok);
  const all = outcomes.length;
  const done = all - failed.length;
  const sum = failed.length === 0 ? null : done === 0 ? 'Nothing was done.' : `Done for ${done} of ${all} items.`;
  const more = left > 0 && paragraph(`${left} more are left. Type the command again for them.`);
  const body = doc(sum !== null && paragraph(sum), list(linesOf(outcomes, current)), more);
  const unfinished = outcomes.some(({ reply }) => reply.unfinished === true);
  if (done > 0) return { ok: true, code: null, body, ...(unfinished ? { unfinished } : {}) };
  const codes = new Set(failed.map(({ reply }) => reply.code));
  return { ok: false, code: codes.size === 1 ? (failed[0]?.reply.code ?? null) : 'nothing-done', body };
}

/** A word like `blocked` that no item fits at the moment. */
export function noneCalled(words: readonly string[], project: string): Reply {
  return refused('none-called', `Nothing to do: no item of ${project} is “${words.join('” or “')}” now.`);
}

/** A document as content of one line. */
export function asLine({ blocks }: Document): Inline[] {
  return blocks.flatMap((block, at) => [...(at === 0 ? [] : [{ kind: 'text', text: ' ' } as const]), ...inlinesOf(block)]);
}

/** What parts two items of a list in one line: sentences stand beside each other. */
function between(before: readonly Inline[] | undefined): Inline {
  const last = before?.at(-1);
  const ends = last !== undefined && 'text' in last && /[.!?]$/.test(last.text);
  return { kind: 'text', text: ends ? ' ' : '; ' };
}

function inlinesOf(block: Block): readonly Inline[] {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return block.content;
    case 'list':
      return block.items.flatMap((item, at) => [...(at === 0 ? [] : [between(block.items[at - 1])]), ...item]);
    default:
      return [{ kind: 'text', text: plainText({ blocks: [block] }, { width: 300 }).replaceAll(/\s+/g, ' ') }];
  }
}
