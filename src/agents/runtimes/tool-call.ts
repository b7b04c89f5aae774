import { createHash } from 'node:crypto';
import type { Signal } from '../supervision/signals.ts';
import { oneLine } from '../text.ts';
import { textField, type Fields } from './json-line.ts';

/** A tool's name and what it is about, in one line for people. `keys`: fields of its input in the order in which they tell most. */
export function describeCall(tool: string, input: Fields, keys: readonly string[]): string {
  const target = keys.map((key) => textField(input, key)).find((value) => value !== null);
  return oneLine(`${tool} ${target ?? ''}`, 120);
}

/** A tool has answered. `input` and `answer` in full: calls are the same when both are equal. */
export function answeredCall(text: string, input: string, answer: string, failed: boolean): Signal {
  const same = createHash('sha256').update(`${text}\0${input}\0${answer}`).digest('hex');
  return { kind: 'call', text, same, error: failed ? oneLine(answer) : null };
}
