import { dollarsOf } from '../pipeline/money.ts';

/**
 * Money as people read it, from millionths of a US dollar: `$12.40`, `$0.0114`. Two decimals from a dollar on; below, as
 * many as it takes (up to six) so that what is not nothing never reads `$0.00`.
 */
export function money(microUsd: number): string {
  const sign = microUsd < 0 ? '-' : '';
  const amount = dollarsOf(Math.abs(microUsd));
  if (amount >= 1) return `${sign}$${amount.toFixed(2).replaceAll(/\B(?=(?:\d{3})+(?!\d))/g, ',')}`;
  const decimals = amount.toFixed(amount >= 0.0001 ? 4 : 6);
  // `0.5000` says no more than `0.50`.
  const cents = decimals.indexOf('.') + 3;
  return `${sign}$${decimals.slice(0, cents)}${decimals.slice(cents).replace(/0+$/, '')}`;
}

/** A number of tokens: `812`, `12.3k`, `4.1M`. */
export function tokens(count: number): string {
  if (count < 1_000) return String(count);
  for (const [unit, size] of [
    ['k', 1e3],
    ['M', 1e6],
    ['G', 1e9],
  ] as const) {
    // 999,960 is 1M, not 1000k.
    if (count < size * 999.95 || unit === 'G') return `${(count / size).toFixed(1).replace(/\.0$/, '')}${unit}`;
  }
  return String(count);
}

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
