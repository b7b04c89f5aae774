import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderName } from '../../src/git/names.ts';
import type { Bench } from '../e2e/harness.ts';

/**
 * What agents said that they used is what the log counts, to the last token, and what the tables of costs add up to.
 * Files of a purged item are gone; then only log and tables are held together.
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
      const said = saidBy(join(bench.data, 'runs', folderName(project), String(number), String(run), 'stdout'));
      if (said === null) continue;
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

/**
 * The tokens that agents said they used, by their totals for each model; null where the output is gone. A run whose start
 * Musher did not survive has more than one process in its output: each begins to count anew, and what all of them used is
 * the most that can be counted, what the last one used the least.
 */
function saidBy(file: string): { readonly least: number; readonly most: number } | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  const totals = new Map<string, number[]>();
  for (const row of text.split('\n').filter((one) => one.startsWith('{"type":"usage"'))) {
    const {
      model,
      input_tokens: input,
      output_tokens: output,
    } = JSON.parse(row) as { model: string; input_tokens: number; output_tokens: number };
    const before = totals.get(model) ?? [];
    const grows = input + output > (before.at(-1) ?? Number.POSITIVE_INFINITY);
    totals.set(model, [...(grows ? before.slice(0, -1) : before), input + output]);
  }
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0);
  const processes = [...totals.values()];
  return { least: sum(processes.map((all) => all.at(-1) ?? 0)), most: sum(processes.map(sum)) };
}
