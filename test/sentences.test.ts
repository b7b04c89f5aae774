import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { literalsOf, type Literal } from './literals.ts';

const ROOT = join(import.meta.dirname, '..');
/** What gives facts; `src/words` makes sentences of them. */
const WITHOUT_SENTENCES = ['src/pipeline', 'src/decide', 'src/log', 'src/engine', 'src/agents'];

/** Files whose texts nobody reads in a room as Musher's own words. */
const FILES: readonly (readonly [start: string, why: string])[] = [
  ['src/agents/default-prompts.ts', 'prompts for agents'],
  ['src/agents/supervision/exit.ts', 'how a program ended, for the texts of its runtime'],
  ['src/log/private-dir.ts', 'errors with a code, whose parts are put together there'],
  ['src/engine/recovery/recover.ts', 'what a start found, for whoever runs it'],
  ['src/log/verify.ts', 'the report of `musher verify`, for whoever runs it'],
  ['src/log/copies/export.ts', 'errors of `musher import`, for whoever runs it'],
  ['src/log/purge.ts', 'stands in the log in the place of a message that was purged'],
  ['src/engine/shell.ts', 'marks where the output of a gate was cut'],
  ['src/agents/runtimes/', 'what a program said, and what doctor says of it: a runtime is a plug-in with texts of its own'],
];
/** Calls whose texts are for whoever runs Musher, or for programs. */
const CALLS: readonly (readonly [name: RegExp, why: string])[] = [
  [/^(?:MusherError|Error|orThrow)$/, 'errors: a bug, or one with a code and a hint'],
  [/^(?:onProblem|run|#failed|begin|catch)$/, 'lines of the log file'],
  [/^(?:prepare|exec|pragma)$/, 'SQL'],
  [/^snapshot$|^keepLeftovers$|^commitLeftovers$/, 'subjects of commits that git keeps'],
];
/** Single texts, by how they begin. */
const TEXTS: readonly (readonly [start: RegExp, why: string])[] = [
  [
    /^(?: ?It was rejected because|The branch holds the work|The change adds conflict markers|Before that its work was rejected|Gate command: |Commit your work|What the commits do|Merging … into|Its merge … was taken off|Nothing was committed|Only what is committed on the branch|on a detached HEAD, at |Bring it over: |Give the verdict by the tool)/,
    'evidence: the prompt of the next attempt',
  ],
  [/^(?:Only what is committed on the branch|Bring it over: git|on a detached HEAD, at)/, 'evidence: the prompt of the next attempt'],
  [/^its diff holds what looks like a secret$/, 'how a log of an earlier version says it'],
  [/^This reverts commit/, 'the message of a commit'],
  [/^… in the name of …$/, 'where a secret was found'],
  [/^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|PRAGMA|WITH|ATTACH|VACUUM|EXPLAIN|REPLACE|FROM|WHERE|ORDER|JOIN)\b/, 'SQL'],
];

it('nothing below the words holds a sentence', () => {
  const files = WITHOUT_SENTENCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file}`),
  );
  const found = files
    .filter((file) => !FILES.some(([start]) => file.startsWith(start)))
    .flatMap((file) =>
      literalsOf(readFileSync(join(ROOT, file), 'utf8'))
        .filter(isSentence)
        .map(({ line, text, calls }) => `${file}:${line} ${calls.at(-1) ?? ''} ${text.slice(0, 80)}`),
    );
  expect(found).toEqual([]);
});

it('an apostrophe in what rooms are told is a typographic one, as the quotation marks are', () => {
  const found = ['src/words', 'src/notices', 'commands']
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`))
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      literalsOf(readFileSync(join(ROOT, file), 'utf8'))
        .filter(({ text }) => /[a-z…](?:\\\\)?'(?:s|t|re|ve|ll|d)\b/i.test(text))
        .map(({ line, text }) => `${file}:${line} ${text.slice(0, 80)}`),
    );
  expect(found).toEqual([]);
});

/** Three words or more. */
function isSentence({ text, calls }: Literal): boolean {
  const words = /(?:^|\s|…)[A-Za-z][a-z']*[ ,]+(?:…|[A-Za-z][a-z']*)[ ,]+(?:…|[A-Za-z][a-z']*)/.test(text);
  return words && !calls.some((call) => CALLS.some(([name]) => name.test(call))) && !TEXTS.some(([start]) => start.test(text));
}
