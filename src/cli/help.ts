import { usageLine } from './parse.ts';
import { SUBCOMMANDS } from './subcommands.ts';
import type { Subcommand } from './subcommand.ts';

/** The help of one subcommand, or of all. */
export function helpText(of: Subcommand | null, calledAs: string): string {
  if (of !== null) return [usageLine(of, calledAs), '', of.summary, ...optionLines(of)].join('\n');
  return [
    'Musher drives a team of coding agents from chat.',
    '',
    ...SUBCOMMANDS.flatMap((subcommand) => [`  ${usageLine(subcommand, calledAs)}`, `      ${subcommand.summary}`]),
    `  ${calledAs} help [SUBCOMMAND]`,
    `  ${calledAs} --version`,
  ].join('\n');
}

function optionLines(of: Subcommand): string[] {
  if (of.options.length === 0) return [];
  const heads = of.options.map(({ name, value }) => `--${name}${value === null ? '' : ` ${value}`}`);
  const width = Math.max(...heads.map((head) => head.length));
  return ['', ...of.options.map(({ summary }, index) => `  ${(heads[index] ?? '').padEnd(width)}  ${summary}`)];
}
