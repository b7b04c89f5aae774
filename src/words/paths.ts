/** An absolute path of two names or more, where one can begin. */
const ABSOLUTE = /(^|[\s'"`(=])\/[^\s'"`():]*\/([^\s'"`():/]*)/g;

/** A text of the system or of git, fit for a room: of an absolute path, which is one of the server, only its last name is left. */
export function withoutPaths(text: string): string {
  return text.replace(ABSOLUTE, '$1…/$2');
}
