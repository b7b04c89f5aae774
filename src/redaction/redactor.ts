import { NETWORKS } from '../../transports/index.ts';
import { formsOf, SHORTEST_SECRET } from './forms.ts';
import { hasLongWord } from './long-word.ts';
import { shapesOf } from './shapes.ts';

/** A secret in a text: where, and what it is. Never the secret itself. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  /** Such as `GitHub token`; `configured secret` for one of Musher's own. */
  readonly name: string;
}

/** The one place that knows what is secret. Everything that is kept, logged or said goes through it. */
export interface Redactor {
  /** The text with `[redacted: …]` in the place of each secret; the same text if there is none. */
  redact(text: string): string;
  /** The same for every text inside a value of plain data; the same value if there is none. */
  redactAll<T>(value: T): T;
  find(text: string): Finding[];
}

const CONFIGURED = 'configured secret';
/** Knows the given secrets in all their forms, and the shapes of others. Shorter ones than 8 characters are left out. */
export function redactorFor(secrets: readonly string[], networks = NETWORKS): Redactor {
  const known = shapesOf(networks);
  const mayHoldKnown = lookFor(known.flatMap(({ hints }) => hints));
  const forms = secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(formsOf);
  const configured = forms.length === 0 ? null : new RegExp(forms.map(escaped).join('|'), 'g');
  const shapes = new RegExp(known.map(({ pattern }) => `(${pattern})`).join('|'), 'g');

  const find = (text: string): Finding[] => {
    const own =
      configured === null || !forms.some((form) => text.includes(form))
        ? []
        : Array.from(text.matchAll(configured), (match) => finding(match, CONFIGURED));
    const others = mayHoldKnown(text)
      ? Array.from(text.matchAll(shapes), (match) => finding(match, known[whichOf(match)]?.name ?? CONFIGURED))
      : [];
    return merged([...own, ...others]);
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

/**
 * A quick look for what is in every text that holds a known secret; most texts hold none. Looking for plain text
 * takes a tenth of the time that one expression of all of it takes, so the few hints that are expressions come last.
 */
function lookFor(hints: readonly (string | RegExp)[]): (text: string) => boolean {
  const all = [...new Set(hints)];
  const plain = all.filter((hint) => typeof hint === 'string');
  const others = all.filter((hint) => typeof hint !== 'string');
  return (text) => {
    if (text.includes('-----BEGIN ') || text.includes('://')) return true;
    return hasLongWord(text) && (plain.some((hint) => text.includes(hint)) || others.some((hint) => hint.test(text)));
  };
}

function finding(match: RegExpExecArray, name: string): Finding {
  return { start: match.index, end: match.index + match[0].length, name };
}

/** The shape that was met, by its place in the list. */
function whichOf(match: RegExpExecArray): number {
  return match.slice(1).findIndex((group) => group !== undefined);
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
