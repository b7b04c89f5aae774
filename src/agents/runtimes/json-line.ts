import { microUsdOf } from '../../pipeline/money.ts';
import { BOUNDS } from '../../bounds.ts';
/** A JSON object as read from a line; nothing is known about its fields. */
export type Fields = Readonly<Record<string, unknown>>;

/** What terminals take as commands (CSI, OSC, single letters); some programs print them before their first object whatever they print to. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const ESCAPES = /^(?:\s|\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[@-Z\\-_])+/;

/** The object on a line, or null where the line holds anything else. */
export function fieldsOf(line: string): Fields | null {
  const text = line.replace(ESCAPES, '').trim();
  if (!text.startsWith('{') || !text.endsWith('}')) return null;
  try {
    return asFields(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The value as an object with fields; null for anything else, arrays included. */
export function asFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** A field's own text; null where it is missing or something else. */
export function textField(fields: Fields, name: string): string | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : null;
  return typeof value === 'string' ? value : null;
}

/** A field's own number, never negative; 0 where it is missing or something else. */
export function numberField(fields: Fields, name: string): number {
  const value = Object.hasOwn(fields, name) ? fields[name] : 0;
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}

/** No run uses more: 100 billion tokens, 100,000 dollars. What is beyond stops the run, and leaves sums that can still be added to. */
const MOST_BELIEVED = BOUNDS.believed;

/** A field's number of tokens, whole and believable. */
export function tokensField(fields: Fields, name: string): number {
  return Math.min(MOST_BELIEVED, Math.floor(numberField(fields, name)));
}

/** A field's dollars in millionths, whole and believable. */
export function dollarsField(fields: Fields, name: string): number {
  return Math.min(MOST_BELIEVED, microUsdOf(numberField(fields, name)));
}

/** The objects in a field that is a list; anything else in it is left out. */
export function listField(fields: Fields, name: string): readonly Fields[] {
  const value = Object.hasOwn(fields, name) ? fields[name] : null;
  return Array.isArray(value) ? value.map(asFields).filter((entry) => entry !== null) : [];
}

/** Reads a line of output that is an object, or text that the program printed beside its objects. */
export function readLine<T>(text: string, read: (fields: Fields) => readonly T[], said: (text: string) => readonly T[]): readonly T[] {
  const fields = fieldsOf(text);
  if (fields !== null) return read(fields);
  // A line that was cut is JSON too, and no text for people.
  return text.trimStart().startsWith('{') ? [] : said(text);
}
