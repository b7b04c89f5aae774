import { command, doc, heading, list, paragraph, phrase, type Content } from '../../message/build.ts';
import type { Block, Document } from '../../message/document.ts';
import type { Digest, Standing } from '../../decide/digest.ts';
import { counted, money } from '../amounts.ts';
import { reportLine } from './board.ts';
import { itemTitle } from './item.ts';
import { stepSign, stepWords } from './step.ts';
import type { Reader } from '../reader.ts';
import { moment } from '../time.ts';

/** Items named under each heading; more are counted. */
const NAMED = 10;

/** Merged, blocked, waiting for people, spent: the count first, then the items. */
export function digestDocument(digest: Digest, project: string, reader: Reader): Document {
  const { merged, reported, blocked, waiting, running, microUsd, since, cut } = digest;
  const facts = [
    `${merged.length}${cut ? ' or more' : ''} merged`,
    ...(reported.length > 0 ? [counted(reported.length, 'report')] : []),
    `${blocked.length} blocked`,
    `${waiting.length} waiting for you`,
    `${running} running`,
    `${money(microUsd)} spent`,
  ];
  const stands = ({ item, step }: Standing): Content[] =>
    phrase`${stepSign(step)} ${itemTitle(item, reader.current)} · ${stepWords(item, step, reader)}`;
  return doc(
    paragraph(...phrase`${project} since ${moment(since, reader.now, reader.timezone)}: ${facts.join(' · ')}`),
    ...listed('Merged', merged, (item) => `✓ ${itemTitle(item, reader.current)}`),
    ...listed('Reports', reported, (item) => reportLine(item, reader)),
    ...listed('Blocked', blocked, stands),
    ...listed('Waiting for you', waiting, stands),
    (blocked.length > 0 || waiting.length > 0) && paragraph(command('why <number>'), ' says what an item needs.'),
  );
}

/** Whether there is anything to tell; a digest of nothing is no news. */
export function isWorthTelling({ merged, reported, blocked, waiting, running, microUsd }: Digest): boolean {
  return merged.length + reported.length + blocked.length + waiting.length + running > 0 || microUsd > 0;
}

function listed<T>(title: string, all: readonly T[], words: (one: T) => Content | Content[]): Block[] {
  if (all.length === 0) return [];
  const lines = all.slice(0, NAMED).map(words);
  return [heading(title), list(all.length > NAMED ? lines.concat(`and ${counted(all.length - NAMED, 'more item')}`) : lines)];
}
