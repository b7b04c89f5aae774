import { BOUNDS } from '../bounds.ts';

/** Longest line shown to people for one step of an agent, in UTF-16 units. */
export const LINE_LIMIT = 300;

/** One readable line: control characters become spaces, runs of white space one space, and what is too long is cut visibly. */
export function oneLine(text: string, limit: number = LINE_LIMIT): string {
  // Only the start is processed, because the rest of a megabyte would be cut anyway.
  const flat = text
    .slice(0, limit * 4)
    // eslint-disable-next-line no-control-regex -- control characters are exactly what must not reach a room
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return flat.length <= limit && text.length <= limit * 4 ? flat : `${wholeCharacters(flat, limit - 1)}…`;
}

/** The end of a long text, with a first line that says how much is missing. Limit in UTF-16 units. */
export function tail(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = text.slice(text.length - limit).replace(/^[\udc00-\udfff]/, '');
  return `[… ${text.length - kept.length} characters cut]\n${kept}`;
}

/** Longest closing words kept of a run, in UTF-16 units. */
const CLOSING_LIMIT = BOUNDS.closing;

/** What an agent said at its end, with its line breaks. Cut at a space: half of a secret would be none that redaction knows. */
export function closingText(text: string): string {
  const whole = text
    // eslint-disable-next-line no-control-regex -- control characters are exactly what must not reach a room
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  if (whole.length <= CLOSING_LIMIT) return whole;
  const cut = whole.slice(0, CLOSING_LIMIT);
  const end = cut.search(/\s\S*$/);
  return end === -1 ? '' : `${cut.slice(0, end).trimEnd()} …`;
}

function wholeCharacters(text: string, limit: number): string {
  return text.slice(0, limit).replace(/[\ud800-\udbff]$/, '');
}
