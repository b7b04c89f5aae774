import { statSync } from 'node:fs';
import { keyText } from './read/explain.ts';
import type { KeyLocator, KeyPath } from './read/locate.ts';
import type { Problem } from './read/problem.ts';
import { isSecretKey } from './secret-keys.ts';

/** Read, write or run, for anyone but the owner. */
const FOR_OTHERS = 0o077;
const WRITE_FOR_ALL = 0o002;

/** The texts of a resolved document that are secrets: by the name of their key, or because they came from elsewhere into an environment. */
export function secretTexts(document: unknown, hidden: ReadonlySet<string>): string[] {
  return texts(document)
    .filter(({ path }) => isSecretKey(path) || (path.at(-2) === 'env' && hidden.has(JSON.stringify(path))))
    .map(({ value }) => value);
}

/** Keys of a document as it was written that hold a secret themselves, instead of `env:NAME` or `file:PATH`. */
export function literalSecrets(written: unknown): KeyPath[] {
  return texts(written)
    .filter(({ path, value }) => isSecretKey(path) && value !== '' && !/^(?:env|file):/.test(value))
    .map(({ path }) => path);
}

/** Files that a document as it was written takes values from by `file:PATH`, with the key of each. */
export function secretFiles(written: unknown): { readonly path: KeyPath; readonly file: string }[] {
  return texts(written).flatMap(({ path, value }) => (value.startsWith('file:') ? [{ path, file: value.slice('file:'.length) }] : []));
}

/** A file that holds secrets itself must be for its owner alone: one problem for each, where others can read it. */
export function openSecrets(file: string, written: unknown, line: KeyLocator): Problem[] {
  const found = literalSecrets(written);
  if (found.length === 0 || (statSync(file).mode & FOR_OTHERS) === 0) return [];
  return found.map((path) => ({
    file,
    line: line(path),
    key: keyText(path),
    message: `is a secret, and others can read this file; write env:NAME or file:PATH instead, or run: chmod 600 ${quoted(file)}`,
  }));
}

/** A file that says who may do what, and which programs run, must not be anybody's to write. Groups may: many systems make files so. */
export function openToWrite(file: string): Problem[] {
  if ((statSync(file).mode & WRITE_FOR_ALL) === 0) return [];
  return [{ file, line: 1, key: '', message: `can be written by every user of this machine; run: chmod o-w ${quoted(file)}` }];
}

function quoted(file: string): string {
  return `'${file.replaceAll("'", `'\\''`)}'`;
}

function texts(document: unknown): { path: KeyPath; value: string }[] {
  const found: { path: KeyPath; value: string }[] = [];
  const visit = (value: unknown, path: KeyPath): void => {
    if (Array.isArray(value)) for (const [index, inner] of value.entries()) visit(inner, [...path, index]);
    else if (typeof value === 'object' && value !== null) for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
    else if (typeof value === 'string') found.push({ path, value });
  };
  visit(document, []);
  return found;
}
