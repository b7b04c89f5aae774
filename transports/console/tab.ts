/** One way to continue with a line that was typed up to its end. */
export interface Candidate {
  readonly value: string;
  readonly label: string;
  /** UTF-16 offsets of what the value stands instead of; the end is the end of the line. */
  readonly replaces: readonly [start: number, end: number];
}

/** What Tab does: continue with the line, or show what there is to choose from. */
export interface TabResult {
  /** What the line becomes, as far as all candidates agree; null if it can't continue. */
  readonly line: string | null;
  /** Shown when the line can't continue by itself. */
  readonly labels: readonly string[];
}

/** Labels shown at once. */
const MOST_LABELS = 40;

/** Goes on as far as all candidates agree, and with a space after the only one. */
export function tab(line: string, candidates: readonly Candidate[]): TabResult {
  const lines = candidates.map(({ value, replaces }) => line.slice(0, replaces[0]) + value);
  const [first] = lines;
  if (first === undefined) return { line: null, labels: [] };
  if (lines.length === 1) return { line: `${first} `, labels: [] };
  const common = lines.reduce(commonBeginning);
  // A line may only grow: what agrees in less than was typed is not gone back to.
  if (common.length > line.length) return { line: common, labels: [] };
  const labels = candidates.map(({ label }) => label);
  const left = labels.length - MOST_LABELS;
  return { line: null, labels: left > 0 ? [...labels.slice(0, MOST_LABELS), `… and ${left} more`] : labels };
}

function commonBeginning(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one.charAt(length).toLowerCase() === other.charAt(length).toLowerCase()) length++;
  const common = one.slice(0, length);
  return common.isWellFormed() ? common : common.slice(0, -1);
}
