import { formsOf, SHORTEST_SECRET } from './forms.ts';
import { hasLongWord } from './long-word.ts';
import { SHAPES } from './shapes.ts';

/** A secret in a text: where, and what it is. Never the secret itself. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  /** Such as `GitHub token`; `configured secret` for one of Musher's own. */
  readonly name: string;
}

/** The one place that knows what is secret. Everything that is kept, logged or said goes through it. */
export interface Redactor {
  /** The text with `[redacted: …]` in the place of each secret; the same text where there is none. */
  redact(text: string): string;
  /** The same for every text inside a value of plain data; the same value where there is none. */
  redactAll<T>(value: T): T;
  find(text: string): Finding[];
}

const CONFIGURED = 'configured secret';
/**
 * One of these must be there before the whole list is tried; most texts hold none. Looking for plain text takes a
 * tenth of the time that one expression of all of it takes, so the few hints that are expressions come last.
 */
const HINTS = [...new Set(SHAPES.flatMap(({ hints }) => hints))];
const PLAIN_HINTS = HINTS.filter((hint) => typeof hint === 'string');
const OTHER_HINTS = HINTS.filter((hint) => typeof hint !== 'string');

/** Knows the given secrets in all their forms, and the shapes of others. Shorter ones than 8 characters are left out. */
export function redactorFor(secrets: readonly string[]): Redactor {
  const forms = secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(formsOf);
  const configured = forms.length === 0 ? null : new RegExp(forms.map(escaped).join('|'), 'g');
  const shapes = new RegExp(SHAPES.map(({ pattern }) => `(${pattern})`).join('|'), 'g');

  const find = (text: string): Finding[] => {
    const own =
      configured === null || !forms.some((form) => text.includes(form))
        ? []
        : Array.from(text.matchAll(configured), (match) => finding(match, CONFIGURED));
    const known = mayHoldKnown(text) ? Array.from(text.matchAll(shapes), (match) => finding(match, shapeOf(match))) : [];
    return merged([...own, ...known]);
  };
  const redact = (text: string): string => {
    const found = find(text);
    if (found.length === 0) return text;
    let result = '';
    let at = 0;
    for (const { start, end, name } of found) {
      result += `${text.slice(at, start)}[redacted: ${name}]`;
      at = end;
    }
    return result + text.slice(at);
  };
  return {
    find,
    redact,
    redactAll(value) {
      // One look at the whole: what holds no secret, which is nearly all, is not taken apart.
      const text = JSON.stringify(value);
      return text === undefined || find(text).length === 0 ? value : (inside(value, redact) as typeof value);
    },
  };
}

/** Keeps everything: for tests and tools that look at what is there. */
export const NOTHING_SECRET: Redactor = { redact: (text) => text, redactAll: (value) => value, find: () => [] };

function mayHoldKnown(text: string): boolean {
  if (text.includes('-----BEGIN ') || text.includes('://')) return true;
  return hasLongWord(text) && (PLAIN_HINTS.some((hint) => text.includes(hint)) || OTHER_HINTS.some((hint) => hint.test(text)));
}

function finding(match: RegExpExecArray, name: string): Finding {
  return { start: match.index, end: match.index + match[0].length, name };
}

function shapeOf(match: RegExpExecArray): string {
  const which = match.slice(1).findIndex((group) => group !== undefined);
  return SHAPES[which]?.name ?? CONFIGURED;
}

/** In order, those that overlap as one; the name of the one that begins first. */
function merged(findings: readonly Finding[]): Finding[] {
  const result: Finding[] = [];
  for (const one of findings.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last === undefined || one.start >= last.end) result.push(one);
    else if (one.end > last.end) result[result.length - 1] = { ...last, end: one.end };
  }
  return result;
}

function inside(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((element) => inside(element, redact));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [redact(key), inside(inner, redact)]));
  return value;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
