import { NOTIFY_KINDS, type NotifyKind, type NotifyStyle } from '../../config/choices.ts';
import { nearest } from '../../nearest.ts';
import { err, ok } from '../../result.ts';
import { argument, matching, problemAt, quoted, withWord, type Argument, type ArgumentProblem } from './argument.ts';
import type { Word } from './tokenize.ts';
import { lists, parsing } from '../../words/bot/parsing.ts';

/** The kinds of notifications that a room can ask for. */
export const KINDS: readonly NotifyKind[] = NOTIFY_KINDS.filter((kind) => kind !== 'none');
const STYLE_WORDS = { threads: 'in threads', messages: 'in messages', cards: 'in cards' } as const;

/** The arguments of `subscribe`. */
export interface Wish {
  readonly kinds: readonly NotifyKind[];
  readonly style: NotifyStyle | null;
  /** Only these kinds. */
  readonly only: boolean;
  /** Every kind. */
  readonly everything: boolean;
  /** As in bot.toml. */
  readonly asConfigured: boolean;
}

/** Kinds of notifications, separated by spaces or commas; with `styles` also `only`, `everything`, `in threads`, `in messages`, `in cards` and `default`. */
export function wish(options: { readonly styles: boolean; readonly description: string }): Argument<Wish> {
  const words = [...KINDS, ...(options.styles ? ['only', 'everything', ...Object.values(STYLE_WORDS), 'default'] : [])];
  return argument<Wish>({
    kind: 'tokens',
    type: 'string',
    description: options.description,
    expects: words.join(', '),
    usage: () => `<${words.join('|')}…>`,
    parse(reader) {
      const kinds = new Set<NotifyKind>();
      let style: NotifyStyle | null = null;
      let only = false;
      let everything = false;
      let asConfigured = false;
      for (let typed = reader.take(); typed !== null; typed = reader.take()) {
        const word = typed;
        for (const part of word.text.toLowerCase().split(',', KINDS.length + 2)) {
          const kind = KINDS.find((one) => one === part || `${part}s` === one);
          if (part === '' || (part === 'in' && options.styles)) continue;
          if (kind !== undefined) kinds.add(kind);
          else if (options.styles && isStyle(part)) style = part;
          else if (options.styles && part === 'only') only = true;
          else if (options.styles && part === 'everything') everything = true;
          else if (options.styles && part === 'default') asConfigured = true;
          else return err(notKnown(word, part, words));
        }
      }
      return ok({ kinds: [...kinds], style, only, everything, asConfigured });
    },
    complete(prefix) {
      const before = /^.*[\s,]/s.exec(prefix)?.[0] ?? '';
      return matching(prefix.slice(before.length), words).map(({ value, label }) => ({ value: before + value, label }));
    },
  });
}

function isStyle(word: string): word is NotifyStyle {
  return word in STYLE_WORDS;
}

/** A room as `rooms` lists it: its name, or `<transport>:<id>`. */
export function roomRef(description: string): Argument<string> {
  return argument({
    kind: 'token',
    type: 'string',
    description,
    expects: 'the name of a room',
    parse: (reader, { roomNames }) =>
      withWord(reader.take(), (typed) => {
        const found = Array.from(roomNames?.() ?? []).find((name) => name.toLowerCase() === typed.text.toLowerCase());
        return found === undefined ? err(problemAt(typed, parsing.noSuchRoom(quoted(typed.text)), [], lists('rooms'))) : ok(found);
      }),
    complete: (prefix, { roomNames }) => matching(prefix, roomNames?.() ?? []),
  });
}

function notKnown(word: Word, part: string, words: readonly string[]): ArgumentProblem {
  const typed = quoted(part);
  return part.includes(':')
    ? problemAt(word, parsing.noSuchRoom(typed), near(part, words), lists('rooms'))
    : problemAt(word, parsing.noSuchNotification(typed, KINDS), near(part, words));
}

function near(word: string, words: readonly string[]): string[] {
  const one = nearest(word, words);
  return one === null ? [] : [one];
}
