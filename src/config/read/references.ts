import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { homeFolder } from '../home.ts';
import type { KeyPath } from './locate.ts';

/** A document in which `env:` and `file:` values stand resolved. */
export interface Resolved {
  readonly document: unknown;
  /** Paths (as JSON) whose value came from elsewhere: it may be a secret and is never shown. */
  readonly hidden: ReadonlySet<string>;
  readonly failures: readonly { readonly path: KeyPath; readonly message: string }[];
  /** The files that values came from; absolute. */
  readonly files: readonly string[];
}

/**
 * Replaces each text value `env:NAME` by that environment variable and `file:PATH` by that file's text without its
 * last line end. Relative paths count from `folder`. A variable that is not set or empty is a failure: a start with
 * half its secrets is worse than none.
 */
export function resolveReferences(document: unknown, folder: string, env: NodeJS.ProcessEnv): Resolved {
  const hidden = new Set<string>();
  const failures: { path: KeyPath; message: string }[] = [];
  const files: string[] = [];
  const visit = (value: unknown, path: KeyPath): unknown => {
    if (Array.isArray(value)) return value.map((element, index) => visit(element, [...path, index]));
    if (isTable(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visit(inner, [...path, key])]));
    const reference = typeof value === 'string' ? /^(env|file):(.*)$/s.exec(value) : null;
    if (reference === null) return value;
    hidden.add(JSON.stringify(path));
    const [, kind, named = ''] = reference;
    if (kind === 'file') files.push(absolutePath(named, folder, env));
    const found = kind === 'env' ? fromEnvironment(named, env) : fromFile(named, folder, env);
    if (found.text !== null) return found.text;
    failures.push({ path, message: found.problem });
    // Stands in for the value so that its absence is reported once.
    return value;
  };
  return { document: visit(document, []), hidden, failures, files };
}

type Found = { readonly text: string } | { readonly text: null; readonly problem: string };

function fromEnvironment(name: string, env: NodeJS.ProcessEnv): Found {
  const text = env[name];
  if (text !== undefined && text !== '') return { text };
  return { text: null, problem: `the environment variable ${name} is ${text === undefined ? 'not set' : 'empty'}` };
}

function fromFile(path: string, folder: string, env: NodeJS.ProcessEnv): Found {
  const file = absolutePath(path, folder, env);
  try {
    return { text: readFileSync(file, 'utf8').replace(/\r?\n$/, '') };
  } catch (error) {
    return { text: null, problem: `the file ${file} cannot be read (${errorCode(error)})` };
  }
}

/** `path` as an absolute one: `~` is the home directory of `env`, a relative path counts from `folder`. */
export function absolutePath(path: string, folder: string, env: NodeJS.ProcessEnv): string {
  if (path === '~') return homeFolder(env);
  return path.startsWith('~/') ? join(homeFolder(env), path.slice(2)) : resolve(folder, path);
}

/** The system's short name of an input/output error, such as `ENOENT`. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}
