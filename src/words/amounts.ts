export { money, tokens } from '../pipeline/budget/amounts.ts';

/** Bytes of memory: `340 MB`, `1.2 GB`. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  if (count < 999_500) return `${Math.round(count / 1e3)} kB`;
  return count < 999_500_000 ? `${Math.round(count / 1e6)} MB` : `${trimmed(count / 1e9)} GB`;
}

/** `1 commit`, `3 commits`, `no criteria`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return count === 0 ? `no ${many}` : `${count} ${count === 1 ? one : many}`;
}

function trimmed(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
