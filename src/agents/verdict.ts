import { oneLine } from './text.ts';

export interface Verdict {
  readonly verdict: 'approve' | 'reject';
  /** One line, empty where none was given. */
  readonly reason: string;
}

/** `VERDICT: approve`, `**VERDICT:** reject the test is missing`: a line of its own, whatever marks stand around the words. */
const LINE = /^[\s>*_`#-]*VERDICT\s*:[\s*_`]*(approve|reject)(?:d|ed)?\b(.*)$/i;

/** Reads a verdict from one line; null where the line is none. */
export function verdictOfLine(line: string): Verdict | null {
  const match = LINE.exec(line.slice(0, 4000));
  if (match === null) return null;
  const reason = oneLine((match[2] ?? '').replace(/^[\s*_`.:,;–—-]+/, '').replace(/[*_`]+$/, ''));
  return { verdict: match[1]?.toLowerCase() === 'approve' ? 'approve' : 'reject', reason };
}

/** The last verdict line of a text counts: an agent may quote the instruction before it answers. */
export function verdictOfText(text: string): Verdict | null {
  return text
    .split(/\r?\n/)
    .map(verdictOfLine)
    .reduce<Verdict | null>((last, verdict) => verdict ?? last, null);
}
