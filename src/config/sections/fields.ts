import * as z from 'zod';
import { OWNER } from '../../../transports/index.ts';
import { isModelName } from '../../pipeline/next/model.ts';

/** Names that become words of commands, folders and branch names; safe on every file system. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9._-]*$/;

export const name = () =>
  z
    .string()
    .max(64)
    .regex(NAME_PATTERN, 'must be lower-case letters, digits, ".", "_" and "-", starting with a letter or digit')
    .refine((text) => !/\.\.|\.$|\.lock$/.test(text), 'must not contain ".." or end in "." or ".lock"');

export const modelName = () =>
  z.string().refine(isModelName, 'must be the name of a model, such as "opus": letters, digits and punctuation, without spaces');

export const text = () => z.string().min(1);

export const zone = () => z.string().refine(isTimeZone, 'is not a known time zone; write an IANA name such as "Europe/Berlin" or "UTC"');

/** A sender's id, or the name of a `[[person]]`. Whether that person exists is checked once the whole file is read. */
export const person = () =>
  z
    .string()
    .regex(/^(?:[a-z][a-z0-9-]*:\S+|[a-z0-9][a-z0-9._-]*)$/, `must be "<transport>:<id>", such as "${OWNER}", or the name of a [[person]]`);

export const people = () => z.array(person());

export const positive = () => z.int().min(1);

/** A name that git accepts for a branch, as far as a look at the text can tell. */
export const branch = () =>
  z.string().regex(/^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\/\.|\.lock$|[/.]$))[^\s~^:?*[\\\p{Cc}]+$/u, 'is not a valid name of a git branch');

export const insideRepository = () =>
  z
    .string()
    .min(1)
    .refine((path) => !/^[/~]/.test(path) && !path.split(/[/\\]/).includes('..'), 'must be a path inside the repository');

export const argumentList = () =>
  z
    .array(text(), {
      error: (issue) =>
        typeof issue.input === 'string'
          ? 'must be a list of the program and its arguments, not one text: nothing is split and no shell is used'
          : undefined,
    })
    .min(1);

function isTimeZone(zoneName: string): boolean {
  // Node also takes offsets such as "+01:00", which know no daylight saving: days would be counted wrongly.
  if (!/^[A-Za-z]/.test(zoneName)) return false;
  try {
    Intl.DateTimeFormat('en', { timeZone: zoneName });
    return true;
  } catch {
    return false;
  }
}
