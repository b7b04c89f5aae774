/** Branded values: they can be made only by the functions here, so an invalid one can't travel. */
declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A whole number of at least 1. */
export type PositiveInt = Brand<number, 'PositiveInt'>;
/** The number of an item, unique in its project and never used twice. */
export type ItemNumber = Brand<number, 'ItemNumber'>;
/** A full lower-case hexadecimal object name of git: 40 (SHA-1) or 64 (SHA-256) characters. */
export type CommitSha = Brand<string, 'CommitSha'>;
/** Milliseconds since the Unix epoch. */
export type Millis = number;

/** Null unless the number is whole, safe and at least 1. */
export function positiveInt(n: number): PositiveInt | null {
  return Number.isSafeInteger(n) && n >= 1 ? (n as PositiveInt) : null;
}

/** Null unless the number is whole, safe and at least 1. */
export function itemNumber(n: number): ItemNumber | null {
  return Number.isSafeInteger(n) && n >= 1 ? (n as ItemNumber) : null;
}

/** Null unless the text is a full object name in lower case. */
export function commitSha(text: string): CommitSha | null {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? (text as CommitSha) : null;
}
