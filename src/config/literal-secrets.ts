import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { keyText } from './explain.ts';
import type { KeyPath } from './locate.ts';

const SECRET_NAME = /key|token|secret|passw|credential/i;

/**
 * Keys in a (valid) configuration file that look like secrets by their name and hold a text of their own instead of
 * `env:NAME` or `file:PATH`. Only `env` tables carry such values.
 */
export function literalSecrets(file: string): string[] {
  const found: string[] = [];
  const visit = (value: unknown, path: KeyPath): void => {
    if (Array.isArray(value)) for (const [index, inner] of value.entries()) visit(inner, [...path, index]);
    else if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
    else if (typeof value === 'string' && path.at(-2) === 'env' && isSecret(String(path.at(-1)), value)) found.push(keyText(path));
  };
  visit(parse(readFileSync(file, 'utf8')), []);
  return found;
}

function isSecret(name: string, value: string): boolean {
  return SECRET_NAME.test(name) && value !== '' && !/^(?:env|file):/.test(value);
}
