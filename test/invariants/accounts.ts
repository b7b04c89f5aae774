import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../e2e/harness.ts';

/**
 * What agents said that they used is what the log counts, to the last token, and what the tables of costs add up to.
 */
export function accountViolations(bench: Bench, project: string): string[] {
  const found: string[] = [];
  let logged = 0;
  let tokens = 0;
  for (const { number } of bench.items().filter((item) => item.project === project)) {
    const usage = bench.only('run.usage', number, project);
    for (const { payload } of usage) {
      logged += payload.usage.microUsd;
      tokens += payload.usage.inputTokens + payload.usage.outputTokens;
    }
    for (const { run } of bench.runs(number, project)) {
      const said = usedBy(bench, number, run);
      const counted = usage.filter(({ payload }) => payload.run === run);
      const sum = counted.reduce((all, { payload }) => all + payload.usage.inputTokens + payload.usage.outputTokens, 0);
      if (sum < said.least || sum > said.most)
        found.push(`run ${run} of item ${number} used ${said.least} to ${said.most} tokens by its own word and ${sum} by the log`);
    }
  }
  const [tables] = bench.rows<{ money: number | null; tokens: number | null }>(
    `SELECT sum(micro_usd) AS money, sum(input + output) AS tokens FROM spend_total WHERE project = '${project}'`,
  );
  if ((tables?.money ?? 0) !== logged) found.push(`the log counts ${logged} micro-dollars and the tables ${tables?.money}`);
  if ((tables?.tokens ?? 0) !== tokens) found.push(`the log counts ${tokens} tokens and the tables ${tables?.tokens}`);
  return found;
}

interface Used {
  readonly item: number;
  readonly run: number;
  readonly pid: number;
  readonly model: string;
  readonly tokens: number;
}

/**
 * The tokens that a run's processes used, by their own word. One whose start Musher did not survive is ended by its
 * successor and started again: of that one the last word may not have been printed any more, all the rest counts.
 */
function usedBy(bench: Bench, item: number, run: number): { readonly least: number; readonly most: number } {
  const file = join(bench.flags, 'used');
  const rows = existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((row) => JSON.parse(row) as Used)
    : [];
  const processes = [
    ...Map.groupBy(
      rows.filter((one) => one.item === item && one.run === run),
      ({ pid }) => pid,
    ).values(),
  ];
  const sure = processes.map((words, index) => (index === processes.length - 1 ? words : words.slice(0, -1)));
  return { least: tokensOf(sure), most: tokensOf(processes) };
}

/** Totals are cumulative for each model of a process. */
function tokensOf(processes: readonly (readonly Used[])[]): number {
  const totals = processes.flatMap((words) => [...new Map(words.map(({ model, tokens }) => [model, tokens])).values()]);
  return totals.reduce((sum, n) => sum + n, 0);
}
