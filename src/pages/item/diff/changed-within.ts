/** The part of a line that differs from its other version: from one index to another, in UTF-16 units. */
export interface Within {
  readonly from: number;
  readonly to: number;
}

/** Longer lines are only shown as changed. */
const LONGEST = 1_000;

/**
 * What two versions of a line differ in: all between what they begin with and what they end with. Null where they have so little in
 * common that marking it would mark nearly everything.
 */
export function changedWithin(before: string, after: string): { readonly before: Within; readonly after: Within } | null {
  if (before.length > LONGEST || after.length > LONGEST || before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charAt(start) === after.charAt(start)) start += 1;
  let end = 0;
  while (end < shorter - start && before.charAt(before.length - 1 - end) === after.charAt(after.length - 1 - end)) end += 1;
  // Half of a pair of surrogates is no character.
  if (start > 0 && isHigh(before, start - 1)) start -= 1;
  if (end > 0 && isLow(before, before.length - end)) end -= 1;
  const common = before.slice(0, start).trim().length + before.slice(before.length - end).trim().length;
  if (common * 3 < shorter) return null;
  return { before: { from: start, to: before.length - end }, after: { from: start, to: after.length - end } };
}

function isHigh(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}
