import { NOTIFY_KINDS, type NotifyKind, type NotifyStyle } from '../../config/settings.ts';
import { nearest } from '../../nearest.ts';
import { err, ok } from '../../result.ts';
import { argument, matching, problemAt, quoted, withWord, type Argument } from './argument.ts';
import type { RoomState } from '../capabilities.ts';

/** The kinds of news that a room can ask for. */
export const KINDS: readonly NotifyKind[] = NOTIFY_KINDS.filter((kind) => kind !== 'none');
const STYLE_WORDS = { threads: 'in threads', messages: 'in messages' } as const;

/** What stands behind `subscribe`. */
export interface Wish {
  readonly kinds: readonly NotifyKind[];
  readonly style: NotifyStyle | null;
  /** These and no others. */
  readonly only: boolean;
  /** All that there is. */
  readonly everything: boolean;
  /** What the configuration says. */
  readonly asConfigured: boolean;
}

/** Kinds of news, apart by spaces or commas; with `styles` also `only`, `everything`, `in threads`, `in messages` and `default`. */
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
          else if (options.styles && (part === 'threads' || part === 'messages')) style = part;
          else if (options.styles && part === 'only') only = true;
          else if (options.styles && part === 'everything') everything = true;
          else if (options.styles && part === 'default') asConfigured = true;
          else return err(problemAt(word, notKnown(part, words), near(part, words)));
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
        return found === undefined
          ? err(problemAt(typed, `${quoted(typed.text)} is the name of no room; \`rooms\` lists them.`))
          : ok(found);
      }),
    complete: (prefix, { roomNames }) => matching(prefix, roomNames?.() ?? []),
  });
}

function notKnown(word: string, words: readonly string[]): string {
  return word.includes(':')
    ? `${quoted(word)} is the name of no room; \`rooms\` lists them.`
    : `${quoted(word)} is no kind of news and the name of no room; there is ${words.join(', ')}.`;
}

function near(word: string, words: readonly string[]): string[] {
  const one = nearest(word, words);
  return one === null ? [] : [one];
}

/** What a room is told, as the end of a sentence. */
export function toldOf({ notify, style, hasThreads }: Pick<RoomState, 'notify' | 'style' | 'hasThreads'>): string {
  if (notify.length === 0) return 'nothing unless it asks';
  const what = notify.length === KINDS.length ? 'everything' : notify.join(', ');
  return hasThreads && style === 'threads' ? `${what}, each item in a thread of its own` : what;
}
