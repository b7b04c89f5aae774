import { stringify } from 'smol-toml';
import type { Field } from './shape.ts';

const WIDTH = 110;

/**
 * A commented example of a configuration file with every key of its schema. A key that is required, or has a default,
 * stands as it would be written; one that is neither is shown as a comment.
 */
export function exampleToml(heading: readonly string[], fields: readonly Field[]): string {
  return `${[...heading.map((line) => `# ${line}`), '', ...table(fields, '', true)].join('\n').trimEnd()}\n`;
}

/** Plain keys first: in TOML, whatever follows a table's heading belongs to it. */
function table(fields: readonly Field[], path: string, isTop: boolean): string[] {
  const plain = fields.filter(({ kind }) => kind === 'value');
  const tables = fields.filter(({ kind }) => kind !== 'value');
  return [...plain.flatMap((field) => pair(field, isTop)), ...(isTop ? [] : ['']), ...tables.flatMap((field) => section(field, path))];
}

function pair({ key, description, required, default: preset, example }: Field, isTop: boolean): string[] {
  const isShown = required || preset !== undefined;
  const value = preset === undefined || isEmpty(preset) ? example : preset;
  const mark = isShown && !(isEmpty(preset) && example !== undefined) ? '' : '# ';
  return [...comment(description), `${mark}${key} = ${tomlValue(value)}`, ...(isTop ? [''] : [])];
}

function section({ key, description, kind, fields }: Field, path: string): string[] {
  const name = path === '' ? key : `${path}.${key}`;
  return [...comment(description), kind === 'tables' ? `[[${name}]]` : `[${name}]`, ...table(fields, name, false)];
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** A value in TOML's notation, on one line. */
export function tomlValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, inner]) => `${key} = ${tomlValue(inner)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  if (typeof value === 'number' && Number.isInteger(value)) return value.toLocaleString('en').replaceAll(',', '_');
  return stringify({ value }).trim().slice('value = '.length);
}

function comment(text: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
