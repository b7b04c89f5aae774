import { code as codeText, command, type Content } from '../message/build.ts';
import { SYSTEM_CODES, type Outage, type SystemCode } from '../pipeline/next/outage.ts';

const ROOM = 'Free some space on the disks of the repository, the data directory and temporary files.';
const LIMITS = 'Stop programs that you don’t need, or raise the limits of the user that runs Musher (ulimit -u, ulimit -n).';

const SYSTEM: { readonly [C in SystemCode]: readonly [said: string, hint: string] } = {
  ENOSPC: ['The disk is full.', ROOM],
  EDQUOT: ['The disk quota is used up.', ROOM],
  EROFS: ['The disk is read-only.', 'Mount it writable, or check it for errors.'],
  EIO: ['The disk reports errors.', 'Check the disk.'],
  EMFILE: ['Musher has too many files open.', LIMITS],
  ENFILE: ['The system has too many files open.', LIMITS],
  EAGAIN: ['The system can’t start more processes.', LIMITS],
  ENOMEM: ['The machine is out of memory.', 'Stop programs that you don’t need.'],
};
const UNLOCK = 'If no git is running in the repository, delete the lock file that git names.';

/** What is out, as a sentence. */
export function outageWords({ code, said }: Pick<Outage, 'code' | 'said'>): string {
  const system = SYSTEM_CODES.find((one) => one === code);
  return system === undefined ? said : SYSTEM[system][0];
}

/** What to do about it. */
export function outageHint({ code, hint }: Pick<Outage, 'code' | 'hint'>): string {
  const system = SYSTEM_CODES.find((one) => one === code);
  if (system !== undefined) return SYSTEM[system][1];
  return code === 'LOCKED' ? UNLOCK : hint;
}

/** Commands that hints name. */
const TYPED = new Set(['reload', 'restart']);

/** What to do, in which backticks stand around what is typed: a command as a value, which each network writes as it is typed there. */
export function hintWords(hint: string): Content[] {
  return hint.split(/`([^`\n]{1,200})`/).map((part, index): Content => {
    if (index % 2 === 0) return part;
    return TYPED.has(part) ? command(part) : codeText(part);
  });
}
