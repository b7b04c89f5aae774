import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '../../src/errors.ts';
import { literalsOf, type Literal } from '../../test/literals.ts';
import type { Said } from './said.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Lines between the code of an error and the end of its hint. */
const LINES_OF_ERROR = 12;
/** Folders whose texts are read by people: as replies, by `doctor`, on the command line, as problems of the configuration. */
const FOR_PEOPLE = ['src/words', 'src/notices', 'src/cli', 'src/config', 'src/app/lifecycle', 'commands', 'transports'];

/** The texts in the sources that no sample reaches, with `…` for each value: errors by their code, and everything else by its file. */
export function sourceTexts(): Said[] {
  return files(['bin', 'src', 'transports', 'commands']).flatMap((file) => {
    const literals = literalsOf(readFileSync(join(ROOT, file), 'utf8'));
    const errors = literals.flatMap((literal, index) => errorAt(literals, literal, index));
    const others = FOR_PEOPLE.some((folder) => file.startsWith(`${folder}/`)) ? literals.filter(isSentence) : [];
    return errors.concat(others.map(({ line, text }) => ({ of: `text ${file}:${line}`, text: text.trim() })));
  });
}

function errorAt(literals: readonly Literal[], { line, text: code }: Literal, index: number): Said[] {
  // Where Node is too old for the sources, the launcher writes the code into its text.
  const written = /\(([A-Z_]+)\)\s*$/.exec(code.replaceAll('\\n', ''))?.[1] ?? '';
  if (Object.hasOwn(ERROR_CODES, written)) return [{ of: `error ${written}`, text: code.trim() }];
  if (!Object.hasOwn(ERROR_CODES, code)) return [];
  const following = literals.slice(index + 1).filter((other) => other.line - line <= LINES_OF_ERROR);
  const end = following.findIndex(({ text }) => Object.hasOwn(ERROR_CODES, text));
  const texts = following
    .slice(0, end === -1 ? following.length : end)
    .filter(isSentence)
    .map(({ text }) => text.trim());
  return texts.length === 0 ? [] : [{ of: `error ${code}`, text: texts.join(' ') }];
}

/** Two words or more, and no SQL. */
function isSentence({ text, calls }: Literal): boolean {
  return /[A-Za-z][a-z’']* (?:…|[A-Za-z])/.test(text) && !calls.some((call) => /^(?:prepare|exec|pragma|snapshot)$/.test(call));
}

function files(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.[jt]s$/.test(file))
      .map((file) => `${folder}/${file}`)
      .toSorted(),
  );
}
