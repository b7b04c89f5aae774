import { code, command, type Content } from '../message/build.ts';

/** Commands that hints name. */
const COMMANDS = new Set(['reload', 'restart']);

/** What to do, in which backticks stand around what is typed: a command as a value, which each network writes as it is typed there. */
export function hintWords(hint: string): Content[] {
  return hint.split(/`([^`\n]{1,200})`/).map((part, index): Content => {
    if (index % 2 === 0) return part;
    return COMMANDS.has(part) ? command(part) : code(part);
  });
}
