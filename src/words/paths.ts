import { clampText } from '../message/split.ts';

/** An absolute path of two names or more, where one can begin. */
const ABSOLUTE = /(^|[\s'"`(=])\/[^\s'"`():]*\/([^\s'"`():/]*)/g;

/** A quoted absolute path, as errors of the system have it: with spaces and all. */
const QUOTED = /'\/[^']*'/g;

/** Longest text of the system in a room, in UTF-16 units. */
const LONGEST = 300;

/**
 * A text of the system or of git, fit for a room: of an absolute path, which is one of the server, only its last name is left,
 * and of a long text only its beginning.
 */
export function withoutPaths(text: string): string {
  return clampText(text.replace(QUOTED, lastName).replace(ABSOLUTE, '$1…/$2'), LONGEST, 'utf16');
}

function lastName(quoted: string): string {
  return `'…${quoted.slice(quoted.lastIndexOf('/'))}`;
}
