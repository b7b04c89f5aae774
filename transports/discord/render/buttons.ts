import { createHash } from 'node:crypto';
import { LIMITS } from '../limits.ts';
import type { StateStore } from '../options.ts';

/** Begins a name that is the command itself, or a key under which the command is kept. */
const COMMAND = 'c:';
const KEY = 'k:';

/**
 * The name of a button, by which its command is found again also after a restart: the command text itself where it
 * fits, else a key of its hash, kept in the state. Rights are checked when it is pressed.
 */
export function customIdOf(command: string, state: StateStore): string {
  if (COMMAND.length + command.length <= LIMITS.customId) return COMMAND + command;
  const key = createHash('sha256').update(command).digest('base64url').slice(0, 32);
  const name = `button:${key}`;
  if (state.get(name) === null) state.set(name, command);
  return KEY + key;
}

/** The command of a pressed button; null if it is not one of ours. */
export function commandOfCustomId(customId: string, state: StateStore): string | null {
  if (customId.startsWith(COMMAND)) return customId.slice(COMMAND.length);
  if (customId.startsWith(KEY)) return state.get(`button:${customId.slice(KEY.length)}`);
  return null;
}
