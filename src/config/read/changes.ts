import { keyText } from './explain.ts';
import type { KeyPath } from './locate.ts';

type Table = Readonly<Record<string, unknown>>;

/** The keys in which two documents differ, as people write them: `roles.operator`, `agent[2].model`. Never a value. */
export function changedKeys(before: unknown, after: unknown, path: KeyPath = []): string[] {
  if (isTable(before) && isTable(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => changedKeys(before[key], after[key], [...path, key]));
  }
  if (isTables(before) && isTables(after) && before.length === after.length)
    return before.flatMap((one, i) => changedKeys(one, after[i], [...path, i]));
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [keyText(path)];
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function isTables(value: unknown): value is readonly Table[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}
