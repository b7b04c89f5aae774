import { textQuery, type TextQuery } from '../../log/search/query.ts';
import { doc, list, paragraph } from '../../message/build.ts';
import type { Block } from '../../message/document.ts';
import { elsewhere, foundHeading, foundLine, moreOf, nothingFound, noWords, onlyBeginning, saidHere } from '../../words/found/found.ts';
import { readerOf } from '../../words/reader.ts';
import { answer } from '../../words/replies.ts';
import type { Reply } from '../../words/reply.ts';
import type { UnreadSearch } from '../capabilities.ts';
import type { CommandContext } from '../command.ts';

/** Items of one answer: what a phone shows on two screens. */
const PAGE = 8;
/** Things said in the room that are listed besides. */
const MOST_SAID = 3;

/** The first items in which the words are, and what was said of them in this room. */
export function firstFound(context: CommandContext, typed: string, all: boolean): Reply {
  const query = textQuery(typed);
  if (query === null) return noWords();
  const here = context.project.name;
  const names = all ? context.projects.map(({ name }) => name) : [here];
  const said = context.said(query, MOST_SAID);
  const below = said.length === 0 ? [] : saidHere(said, readerOf(context));
  return page(context, query, { of: 'search', words: query.words, projects: names, shown: 0 }, below) ?? none(context, query, all, below);
}

/** The items that follow those that were shown. */
export function moreFound(context: CommandContext, unread: UnreadSearch): Reply {
  const query = textQuery(unread.words);
  // Roles may have changed since.
  const projects = unread.projects.filter((name) => context.projects.some((one) => one.name === name));
  return (query === null ? null : page(context, query, { ...unread, projects }, [])) ?? nothingFound(unread.words);
}

/** Null where there is no item to show. */
function page(context: CommandContext, query: TextQuery, search: UnreadSearch, below: readonly Block[]): Reply | null {
  const { reads } = context;
  const { items, some } = reads.texts.find(query, search.projects);
  const shown = items.slice(search.shown, search.shown + PAGE).flatMap(({ project, item: number, text }) => {
    const item = reads.item(project, number);
    const found = reads.texts.shown(query, text);
    return item === null || found === null ? [] : [{ item, found, by: reads.events(text - 1, 1)[0]?.actor ?? null }];
  });
  if (shown.length === 0) return null;
  const reader = readerOf(context);
  const until = search.shown + shown.length;
  const left = items.length - until;
  return context.change(() => {
    context.keepUnread(left > 0 ? { ...search, shown: until } : null);
    return answer(
      doc(
        search.shown === 0 && foundHeading(items.length, some),
        list(shown.map(({ item, found, by }) => foundLine(item, found, by, reader))),
        left > 0 && paragraph(...moreOf(left)),
        query.cut && search.shown === 0 && paragraph(onlyBeginning(query.each.length)),
        ...below,
      ),
    );
  });
}

/** No item of the room's project has the words: where else they are. */
function none(context: CommandContext, query: TextQuery, all: boolean, below: readonly Block[]): Reply {
  const { name } = context.project;
  const others = all ? [] : context.projects.filter((one) => one.name !== name).map((one) => one.name);
  const { items, some } = context.reads.texts.find(query, others);
  const further = some || items.length === 0 ? null : elsewhere(items.length, query.words);
  if (below.length > 0) return answer(doc(...below, further !== null && paragraph(...further)));
  return nothingFound(query.words, further ?? []);
}
