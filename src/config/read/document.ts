import { readFileSync } from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import type * as z from 'zod';
import { explainIssues } from './explain.ts';
import { locateKeys } from './locate.ts';
import type { KeyLocator } from './locate.ts';
import type { Problem } from './problem.ts';
import { errorCode, resolveReferences } from './references.ts';
import { openSecrets, openToWrite, secretTexts } from '../secrets.ts';

/** A configuration file after its schema: `value` is null when there are problems. */
export interface ReadDocument<T> {
  readonly value: T | null;
  readonly problems: readonly Problem[];
  /** What was written, references resolved, whether it fits the schema or not. */
  readonly document: unknown;
  readonly line: KeyLocator;
  /** Values that must not be shown anywhere. */
  readonly secrets: readonly string[];
  /** This file and those that its values came from; absolute. */
  readonly files: readonly string[];
}

export interface DocumentOptions<T> {
  readonly schema: z.ZodType<T>;
  /** Where relative `file:` paths count from. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Keys that belong in another file, and where. */
  readonly elsewhere: ReadonlyMap<string, string>;
  /** The text, where it is built in and is in no file of that name. */
  readonly builtIn?: string | undefined;
}

/** Reads one TOML file and checks it against its schema. Reports all its problems at once. */
export function readDocument<T>(file: string, options: DocumentOptions<T>): ReadDocument<T> {
  const nothing = { value: null, document: undefined, line: () => 1, secrets: [], files: [file] };
  let text: string;
  try {
    text = options.builtIn ?? readFileSync(file, 'utf8');
  } catch (error) {
    return { ...nothing, problems: [{ file, line: 1, key: '', message: `cannot be read (${errorCode(error)})` }] };
  }
  let written: unknown;
  try {
    // Keys such as `__proto__` are nobody's configuration.
    written = parse(text, { unsafeKeyBehaviour: 'throw' });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { ...nothing, problems: [{ file, line: error.line, key: '', message: syntaxMessage(error) }] };
  }
  const line = locateKeys(text);
  const { document, hidden, failures, files } = resolveReferences(written, options.folder, options.env);
  const unresolved = new Set(failures.map(({ path }) => JSON.stringify(path)));
  // Without code that zod would make for a schema's many uses: each of these is used once.
  const checked = options.schema.safeParse(document, { reportInput: false, jitless: true });
  const issues = checked.success ? [] : checked.error.issues.filter(({ path }) => !unresolved.has(JSON.stringify(path)));
  const about = { file, schema: options.schema, document, line, hidden, elsewhere: options.elsewhere };
  const problems = [
    ...explainIssues(
      failures.map(({ path, message }) => ({ code: 'custom' as const, path: [...path], message, input: undefined })),
      { ...about, hidden: unresolved },
    ),
    ...explainIssues(issues, about),
    ...(options.builtIn === undefined ? [...openSecrets(file, written, line), ...openToWrite(file)] : []),
  ].toSorted((a, b) => a.line - b.line);
  return {
    value: checked.success && problems.length === 0 ? checked.data : null,
    problems,
    document,
    line,
    secrets: secretTexts(document, hidden),
    files: [file, ...files],
  };
}

/** The first line of the parser's message, without its heading; the line number is reported separately. */
function syntaxMessage(error: TomlError): string {
  const [first = ''] = error.message.split('\n');
  const frame = error.codeblock.split('\n').filter((text) => text.trim() !== '');
  return [`is not valid TOML, column ${error.column}: ${first.replace(/^Invalid TOML document: /, '')}`, ...frame].join('\n');
}
