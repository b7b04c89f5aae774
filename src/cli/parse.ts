import { parseArgs } from 'node:util';
import { MusherError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { err, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { SUBCOMMANDS } from './subcommands.ts';
import type { Subcommand, Typed } from './subcommand.ts';

export type CommandLine =
  | { readonly kind: 'help'; readonly of: Subcommand | null }
  | { readonly kind: 'version' }
  | { readonly kind: 'call'; readonly subcommand: Subcommand; readonly typed: Typed };

/** Reads the words after the program's name. Anything else is a USAGE error that names the nearest match. */
export function parseCommandLine(words: readonly string[], calledAs: string): Result<CommandLine, MusherError> {
  const [first, ...rest] = words;
  const usage = (message: string, hint: string) => err(new MusherError('USAGE', message, hint));
  if (first === undefined || ['help', '--help', '-h'].includes(first)) {
    const about = rest[0] === undefined ? null : find(rest[0]);
    return about === undefined ? usage(...unknownSubcommand(rest[0] ?? '', calledAs)) : ok({ kind: 'help', of: about });
  }
  if (['version', '--version', '-v'].includes(first)) return ok({ kind: 'version' });
  const subcommand = find(first);
  if (subcommand === undefined) return usage(...unknownSubcommand(first, calledAs));
  const hint = `Usage: ${usageLine(subcommand, calledAs)}`;
  const { tokens } = parseArgs({ args: rest, strict: false, tokens: true, allowPositionals: true, options: optionTypes(subcommand) });
  const options = new Map<string, string | true>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    if (token.name === 'help' || token.name === 'h') return ok({ kind: 'help', of: subcommand });
    const option = subcommand.options.find(({ name }) => name === token.name);
    if (option === undefined) {
      const near = nearest(
        token.name,
        subcommand.options.map(({ name }) => name),
      );
      return usage(`\`${subcommand.name}\` has no option ${token.rawName}${near === null ? '' : `; did you mean --${near}?`}`, hint);
    }
    if (options.has(option.name)) return usage(`${token.rawName} was given twice.`, hint);
    if (option.value === null && token.value !== undefined) return usage(`${token.rawName} takes no value.`, hint);
    if (option.value !== null && isNoValue(token.value, token.inlineValue)) {
      return usage(`${token.rawName} needs a value: ${token.rawName} ${option.value}`, hint);
    }
    options.set(option.name, token.value ?? true);
  }
  const missing = subcommand.positionals[positionals.length];
  if (missing !== undefined) return usage(`\`${subcommand.name}\` needs ${missing}.`, hint);
  const tooMany = positionals[subcommand.positionals.length + (subcommand.more?.length ?? 0)];
  if (tooMany !== undefined) return usage(`\`${subcommand.name}\` takes no argument "${tooMany}".`, hint);
  return ok({ kind: 'call', subcommand, typed: { positionals, options } });
}

/** `--config --batch` lacks the value; a file of that name is written `--config=--batch`. */
function isNoValue(value: string | undefined, isInline: boolean | undefined): boolean {
  return value === undefined || value === '' || (isInline !== true && value.startsWith('-'));
}

/** `musher run [--config FILE] …` */
export function usageLine({ name, positionals, more = [], options }: Subcommand, calledAs: string): string {
  const optional = options.map((option) => `[--${option.name}${option.value === null ? '' : ` ${option.value}`}]`);
  return [calledAs, name, ...positionals, ...more.map((one) => `[${one}]`), ...optional].join(' ');
}

function find(name: string): Subcommand | undefined {
  return SUBCOMMANDS.find((subcommand) => subcommand.name === name);
}

function unknownSubcommand(word: string, calledAs: string): [message: string, hint: string] {
  const names = [...SUBCOMMANDS.map(({ name }) => name), 'help', 'version'];
  const near = nearest(word, names);
  return [`There is no subcommand "${word}"${near === null ? '.' : `; did you mean \`${near}\`?`}`, `See all: ${calledAs} help`];
}

function optionTypes(subcommand: Subcommand): Record<string, { type: 'string' | 'boolean' }> {
  return Object.fromEntries(subcommand.options.map(({ name, value }) => [name, { type: value === null ? 'boolean' : 'string' }]));
}
