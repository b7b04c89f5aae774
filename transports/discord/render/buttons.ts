import { createHash } from 'node:crypto';
import type { Action, Field } from '../../../src/message/document.ts';
import { LIMITS } from '../limits.ts';
import type { StateStore } from '../options.ts';

/** Begins a name that is the command itself, or a key under which the command is kept; and of a button that asks for a text, both. */
const COMMAND = 'c:';
const KEY = 'k:';
const ASKING = 'f:';
const ASKING_KEY = 'l:';

/** What a pressed button stands for. */
export interface Pressed {
  readonly command: string;
  /** The command lacks a text, which is asked for first. */
  readonly asks: Field | null;
}

/**
 * The name of a button, by which its command is found again also after a restart: the command text itself where it
 * fits, else a key of its hash, kept in the state. Rights are checked when it is pressed.
 */
export function customIdOf({ command, asks }: Pick<Action, 'command' | 'asks'>, state: StateStore): string {
  const [text, begin, beginKey] =
    asks === undefined ? [command, COMMAND, KEY] : [JSON.stringify([command, asks.title, asks.label]), ASKING, ASKING_KEY];
  if (begin.length + text.length <= LIMITS.customId) return begin + text;
  const key = createHash('sha256').update(text).digest('base64url').slice(0, 32);
  const name = `button:${key}`;
  if (state.get(name) === null) state.set(name, text);
  return beginKey + key;
}

/** What a pressed button, or a form that was sent, stands for; null if it is not one of ours. */
export function pressedBy(customId: string, state: StateStore): Pressed | null {
  const begin = customId.slice(0, COMMAND.length);
  const rest = customId.slice(COMMAND.length);
  const text = begin === COMMAND || begin === ASKING ? rest : begin === KEY || begin === ASKING_KEY ? state.get(`button:${rest}`) : null;
  if (text === null) return null;
  return begin === COMMAND || begin === KEY ? { command: text, asks: null } : asking(text);
}

function asking(text: string): Pressed | null {
  try {
    const value: unknown = JSON.parse(text);
    const parts = Array.isArray(value) ? value.map(String) : [];
    const [command, title, label] = parts;
    return command === undefined || title === undefined || label === undefined ? null : { command, asks: { title, label } };
  } catch {
    return null;
  }
}
