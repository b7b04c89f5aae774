/** A conflict that keeping both sides does not settle. */
export class Unresolvable extends Error {}

/**
 * Resolves conflict markers by keeping both sides: first all of ours, then those lines of theirs that ours does not
 * have. That is right where both sides only add lines, which is what the demo's items do; the tests decide.
 */
export function keepBoth(text: string): string {
  const result: string[] = [];
  let ours: string[] | null = null;
  let theirs: string[] | null = null;
  let inBase = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('<<<<<<< ')) {
      if (ours !== null) throw new Unresolvable('conflict markers inside a conflict');
      ours = [];
    } else if (ours !== null && theirs === null && line.startsWith('||||||| ')) {
      inBase = true;
    } else if (ours !== null && theirs === null && line === '=======') {
      theirs = [];
      inBase = false;
    } else if (ours !== null && theirs !== null && line.startsWith('>>>>>>> ')) {
      const kept = new Set(ours);
      result.push(...ours, ...theirs.filter((their) => !kept.has(their)));
      ours = null;
      theirs = null;
    } else if (theirs !== null) {
      theirs.push(line);
    } else if (ours !== null) {
      if (!inBase) ours.push(line);
    } else {
      result.push(line);
    }
  }
  if (ours !== null) throw new Unresolvable('a conflict marker without an end');
  return result.join('\n');
}

/** Whether a text holds the start of a conflict. */
export function hasConflict(text: string): boolean {
  return /^<<<<<<< .*$/m.test(text) && /^>>>>>>> .*$/m.test(text);
}
