import * as z from 'zod';
import { nearest } from '../../nearest.ts';
import type { KeyLocator, KeyPath } from './locate.ts';
import type { Problem } from './problem.ts';
import { sectionsOf, unwrap } from './shape.ts';
import { isSecretKey } from '../secret-keys.ts';

/** What is needed to explain a schema issue to a person. */
export interface Explaining {
  readonly file: string;
  readonly schema: z.ZodType;
  readonly document: unknown;
  readonly line: KeyLocator;
  /** Paths (as JSON) whose values must not be shown. */
  readonly hidden: ReadonlySet<string>;
  /** Keys that people put here by mistake, with the place where they belong. */
  readonly elsewhere: ReadonlyMap<string, string>;
}

/** Turns what zod found into problems with file, line, key and, for an unknown key, the nearest known one. */
export function explainIssues(issues: readonly z.core.$ZodIssue[], about: Explaining): Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, about));
    return [{ file: about.file, line: about.line(path), key: keyText(path), message: explain(issue, path, about) }];
  });
}

/** A path as people write it: `agent.limits.turns`, and `agent[2].name` for the second of several. */
export function keyText(path: KeyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part + 1}]`;
    const key = /^[\w-]+$/.test(part) ? part : JSON.stringify(part);
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/** Keys at the top of a file that earlier versions had, with what to do about them. */
const RETIRED: ReadonlyMap<string, string> = new Map([
  ['auto_start', 'no longer exists, remove it: an item starts only when someone starts it. `start` queues one that waits for others'],
]);

function unknownKey(key: string, path: KeyPath, about: Explaining): Problem {
  const place = { file: about.file, line: about.line([...path, key]), key: keyText([...path, key]) };
  const table = schemaAt(path, about.schema);
  const known = table instanceof z.ZodObject ? Object.keys(table.shape) : [];
  const section = sectionsOf(table).find(([, fields]) => fields.includes(key));
  const near = nearest(key, known);
  if (path.length === 0 && about.elsewhere.has(key)) {
    return { ...place, message: `belongs in ${about.elsewhere.get(key)}` };
  }
  const retired = path.length === 0 ? RETIRED.get(key) : undefined;
  if (retired !== undefined) return { ...place, message: retired };
  if (section !== undefined) return { ...place, message: `belongs in the table ${keyText([...path.filter(isKey), section[0]])}` };
  if (near !== null) return { ...place, message: `unknown key; did you mean "${near}"?` };
  return { ...place, message: `unknown key; valid keys are ${known.join(', ')}` };
}

function explain(issue: Exclude<z.core.$ZodIssue, z.core.$ZodIssueUnrecognizedKeys>, path: KeyPath, about: Explaining): string {
  const value = valueAt(about.document, path);
  const got = about.hidden.has(JSON.stringify(path)) || path.includes('env') || isSecretKey(path) ? '' : `, not ${show(value)}`;
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return 'is missing';
      // The schema's own message says more than the type.
      return issue.message.startsWith('Invalid input')
        ? `must be ${typeName(issue.expected, schemaAt(path, about.schema))}${got}`
        : issue.message;
    case 'invalid_value': {
      if (value === undefined) return `is missing: one of ${issue.values.join(', ')}`;
      const near = typeof value === 'string' ? nearest(value, issue.values.map(String)) : null;
      return `must be one of ${issue.values.join(', ')}${got}${near === null ? '' : `; did you mean "${near}"?`}`;
    }
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${got}`
        : emptyText(issue.message);
    case 'too_big':
      return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters long' : ''}${got}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'is not a valid key';
    default:
      return `${issue.message}${got}`;
  }
}

/** zod's text for an empty value is technical; the schema's own message is kept. */
function emptyText(message: string): string {
  return message.startsWith('Too small') ? 'must not be empty' : message;
}

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['string', 'a text in quotes'],
  ['int', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a table'],
  ['record', 'a table'],
]);

function typeName(expected: string, schema: z.ZodType): string {
  if (schema instanceof z.ZodNumber && schema.format === 'safeint') return 'a whole number';
  return TYPE_NAMES.get(expected) ?? expected;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function isKey(part: string | number): part is string {
  return typeof part === 'string';
}

function schemaAt(path: KeyPath, root: z.ZodType): z.ZodType {
  return path.reduce<z.ZodType>(stepInto, root);
}

function stepInto(schema: z.ZodType, part: string | number): z.ZodType {
  const plain = unwrap(schema);
  if (typeof part === 'number') return plain instanceof z.ZodArray ? unwrap(plain.element as z.ZodType) : plain;
  return plain instanceof z.ZodObject ? unwrap((plain.shape[part] as z.ZodType | undefined) ?? plain) : plain;
}

function valueAt(document: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>((value, part) => {
    return typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? Reflect.get(value, part) : undefined;
  }, document);
}
