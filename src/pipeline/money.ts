/**
 * Money is kept, added and compared in millionths of a US dollar, as whole numbers: sums are exact. Dollars exist where
 * people and programs write them, and become micro-dollars there.
 */
const MICRO_USD_IN_A_DOLLAR = 1_000_000;

/** Dollars as whole micro-dollars. */
export function microUsdOf(dollars: number): number {
  return Math.round(dollars * MICRO_USD_IN_A_DOLLAR);
}

/** Micro-dollars as dollars, for a text or a program's argument: never to calculate with. */
export function dollarsOf(microUsd: number): number {
  return microUsd / MICRO_USD_IN_A_DOLLAR;
}
