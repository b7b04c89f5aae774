import { parseDuration } from '../../config/duration.ts';
import { command } from '../../message/build.ts';
import { err, ok } from '../../result.ts';
import { parsing } from '../../words/bot/parsing.ts';
import { argument, matching, problemAt, quoted, withWord, type Argument } from '../parse/argument.ts';
import { project } from '../parse/arguments-named.ts';
import { when, type When } from '../parse/when.ts';
import { wordReader } from '../parse/word-reader.ts';

/** Which projects: one by name, or all of them. */
export type ProjectScope = { readonly kind: 'all' } | { readonly kind: 'one'; readonly project: string };

const ALL = ['all', 'everything'] as const;

/** `all`, `everything` or the name of a project. Left out: the room's project. */
export function projectScope(): Argument<ProjectScope | null> {
  const named = project();
  return argument<ProjectScope>({
    kind: 'token',
    type: 'string',
    description: 'A project, or `all` for every project; this room’s project by default.',
    expects: 'a project, or all',
    usage: () => '<project|all>',
    // Whether the sender has the role in all of them is for the command to say: a refusal must not name the ones they can't see.
    projects: (value) => (isOne(value) ? [value.project] : []),
    parse: (reader, context) =>
      withWord<ProjectScope>(reader.peek(), (word) => {
        if (ALL.some((one) => one === word.text.toLowerCase())) {
          reader.take();
          return ok({ kind: 'all' });
        }
        if (/^#?\d+$/.test(word.text)) {
          const start = `start ${word.text.replace('#', '')}`;
          return err(problemAt(word, parsing.isNot(quoted(word.text), 'a project'), [], [' For an item: ', command(start), '.']));
        }
        const found = named.parse(reader, context);
        return found.ok ? ok({ kind: 'one', project: found.value }) : found;
      }),
    complete: (prefix, context) => [...matching(prefix, ['all']), ...named.complete(prefix, context)],
  }).optional();
}

function isOne(value: unknown): value is Extract<ProjectScope, { kind: 'one' }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'one';
}

/** When a pause ends: `until 18:00`, `until tomorrow 09:00`, `for 2h`. */
export function pauseEnd(): Argument<When | null> {
  const time = when();
  const expects = 'until 18:00 or for 2h';
  return argument<When>({
    kind: 'tokens',
    type: 'string',
    description: 'When it ends by itself: `until 18:00`, `until tomorrow 09:00`, `for 2h`.',
    expects,
    usage: () => '<until 18:00|for 2h>',
    parse: (reader, context) =>
      withWord(reader.take(), (first) => {
        const typed = first.text.toLowerCase();
        const length = typed === 'for' ? reader.take() : null;
        const ms = length === null ? null : parseDuration(length.text.toLowerCase());
        if (ms !== null) return ok({ kind: 'in', ms });
        return typed === 'until' && reader.peek() !== null
          ? time.parse(reader, context)
          : err(problemAt(first, parsing.isNot(quoted(first.text), expects)));
      }),
    complete: (prefix) => matching(prefix, ['until 18:00', 'for 1h']),
  }).optional();
}

/** A reason that ends with the time, as people say it: `we deploy until 18:00`. */
export function endInReason(reason: string): { readonly reason: string; readonly until: When | null } {
  const [whole, , end] = /(^|\s)((?:until|for)\s+(?:(?:today|tomorrow|\d{4}-\d{1,2}-\d{1,2})\s+)?[\d:hmsd]+)\s*\.?$/i.exec(reason) ?? [];
  if (whole === undefined || end === undefined) return { reason, until: null };
  const read = pauseEnd().parse(wordReader(end, 0, new Set()), { currentProject: '', projects: [] });
  return read.ok ? { reason: reason.slice(0, -whole.length).trim(), until: read.value } : { reason, until: null };
}
