import { revealed } from '../message/reveal.ts';

/**
 * What people are shown whole, in one message on every network: the tightest one takes 2,000 UTF-16 units, and what is longer
 * than a screen is not read.
 */
export const MOST_SHOWN = { units: 1_500, lines: 40 } as const;

/**
 * What a tool would get, as people are shown it: each key on a line of its own, further lines of a value indented so
 * that none can look like a key, nothing hidden, nothing left out. `input` is JSON.
 */
export function shownInput(input: string): string {
  const value = JSON.parse(input) as unknown;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return revealed(JSON.stringify(value));
  const lines = Object.entries(value).map(([key, one]) => `${revealed(oneLineKey(key))}: ${indented(one)}`);
  return lines.length === 0 ? '(no input)' : lines.join('\n');
}

/** Whether people can be shown a text whole. */
export function canBeShown(shown: string): boolean {
  return shown.length <= MOST_SHOWN.units && shown.split('\n').length <= MOST_SHOWN.lines;
}

/** One line that names what a tool is to do: the command of a shell, else the tool. */
export function briefInput(tool: string, input: string): string {
  const value = JSON.parse(input) as unknown;
  const command = typeof value === 'object' && value !== null && 'command' in value ? value.command : null;
  return cutLine(typeof command === 'string' ? command : tool);
}

/** The first line of a text with nothing hidden, cut visibly. */
export function cutLine(text: string, most = 80): string {
  const [first = '', ...more] = revealed(text.trim()).split('\n');
  const cut = first.length > most ? first.slice(0, most - 1) : first;
  return cut === first && more.length === 0 ? first : `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`;
}

function oneLineKey(key: string): string {
  return key.includes('\n') || key.includes(': ') ? JSON.stringify(key) : key;
}

function indented(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return revealed(text).replaceAll('\n', '\n    ');
}
