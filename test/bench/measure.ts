/** One line of the result: Musher against a floor that was measured in the same run. */
export interface Row {
  readonly what: string;
  readonly floor: string;
  readonly musher: string;
  readonly ratio: string;
  readonly goal: string;
  readonly met: boolean;
}

/** Seconds that a piece of work takes. */
export function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1_000;
}

/** The value below which the given share (0 to 1) of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
export const perSecond = (count: number, time: number): string => `${Math.round(count / time).toLocaleString('en')}/s`;
export const millis = (time: number): string => `${time.toFixed(2)} ms`;
export const times = (ratio: number): string => `${ratio.toFixed(2)}×`;

/** The rows as a plain table, the way it goes into the docs. */
export function table(rows: readonly Row[]): string {
  const head = ['what', 'floor', 'Musher', 'ratio', 'goal', 'met'];
  const lines = [head, ...rows.map((row) => [row.what, row.floor, row.musher, row.ratio, row.goal, row.met ? 'yes' : 'NO'])];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const [first = '', ...rest] = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [first, widths.map((width) => '-'.repeat(width)).join('  '), ...rest, ''].join('\n');
}
