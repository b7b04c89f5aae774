import type { TextSource } from '../../log/search/text-of.ts';
import type { Piece, ShownText } from '../../log/search/text-reads.ts';
import type { Said } from '../../log/search/talk.ts';
import { command as typed, heading, list, strong, text, type Content } from '../../message/build.ts';
import type { Block } from '../../message/document.ts';
import type { Actor } from '../../pipeline/actor.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import { counted } from '../amounts.ts';
import { firstLine, itemLabel, itemTitle, stageWords } from '../item/item.ts';
import type { Reader } from '../reader.ts';
import { refused } from '../replies.ts';
import type { Reply } from '../reply.ts';
import { moment } from '../time.ts';

/** Where something was found, by who said it. */
const SOURCES: { readonly [S in Exclude<TextSource, 'item'>]: (by: string) => string } = {
  comment: (by) => `comment by ${by}`,
  told: (by) => `${by} told the agent`,
  moved: (by) => `moved by ${by}`,
  stopped: (by) => `stopped by ${by}`,
  failure: () => 'failure',
  run: () => 'the agent',
  report: () => 'report',
  blocker: () => 'the agent was stuck',
  asked: () => 'the agent asked',
  answered: (by) => `${by} answered`,
  timer: (by) => `timer by ${by}`,
};

/** What was found, before the items. */
export function foundHeading(items: number, some: boolean): Block {
  return some
    ? heading(`No item has all the words. ${counted(items, 'item')} with some of them`)
    : heading(`Found in ${counted(items, 'item')}`);
}

/** An item in which something was found: its title, its stage, and the text around the words. */
export function foundLine(item: WorkItem, found: ShownText, by: Actor | null, reader: Reader): Content[] {
  const title =
    found.title.length === 0 ? [text(itemTitle(item, reader.current))] : [`${itemLabel(item, reader.current)} `, ...shown(found.title)];
  const stage = ` · ${item.deletedAt === null ? stageWords(item.stage) : 'deleted'}`;
  const body = found.body.length > 0 ? found.body : found.criteria;
  if (body.length === 0) return [...title, stage];
  const when: Content[] = [', ', moment(found.at, reader.now, reader.timezone)];
  const where =
    found.source === 'item'
      ? [found.body.length > 0 ? 'description' : 'labels and criteria']
      : [SOURCES[found.source](by === null ? 'Musher' : reader.nameOf(by)), ...when];
  return [...title, stage, ' · ', ...where, ': ', ...shown(body)];
}

/** On one line, what was looked for in bold. */
function shown(all: readonly Piece[]): Content[] {
  return all.map(({ text: part, hit }) => (hit ? strong(part) : part.replaceAll(/\s+/g, ' ')));
}

/** What people said to Musher here. */
export function saidHere(all: readonly Said[], reader: Reader): Block[] {
  return [
    heading('Said to Musher in this room'),
    list(all.map(({ sender, at, body }) => [`${sender}, `, moment(at, reader.now, reader.timezone), ': ', ...shown(body)])),
  ];
}

/** How many items are not shown yet. */
export function moreOf(left: number): Content[] {
  return [`${counted(left, 'more item')}: `, typed('more'), '.'];
}

/** Words were left out. */
export function onlyBeginning(words: number): string {
  return `That is a lot to look for. Musher looked for the first ${counted(words, 'word')}.`;
}

/** Where words are that no item of this project has. */
export function elsewhere(items: number, words: string): Content[] {
  return [
    `${counted(items, 'item')} in other projects ${items === 1 ? 'has' : 'have'} it: `,
    typed(`search --all ${firstLine(words, 60)}`),
    '.',
  ];
}

/** No item has any of the words. */
export function nothingFound(words: string, further: readonly Content[] = []): Reply {
  if (further.length > 0) return refused('nothing-found', `Nothing here has “${firstLine(words, 60)}”. `, ...further);
  return refused(
    'nothing-found',
    `Nothing has “${firstLine(words, 60)}”. A shorter word finds more; `,
    typed('backlog'),
    ' and ',
    typed('status'),
    ' list items.',
  );
}

/** Nothing of what was typed is a word. */
export function noWords(): Reply {
  return refused('no-words', 'There is no word in that to look for. Use letters or numbers, as in ', typed('search login'), '.');
}
