import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { believable } from '../src/agents/runtimes/resume-time.ts';
import { tokensField } from '../src/agents/runtimes/json-line.ts';
import { lineSplitter } from '../src/agents/process/follow.ts';
import { boundedModels, OTHER_MODELS } from '../src/agents/supervision/bounded-models.ts';
import { copySession } from '../src/agents/supervision/copy-session.ts';
import { runMemory } from '../src/agents/supervision/run-memory.ts';
import { closingText } from '../src/agents/text.ts';
import { BOUNDS } from '../src/bounds.ts';
import { commandText } from '../src/bot/loop/address.ts';
import { amount } from '../src/bot/parse/arguments-budget.ts';
import { itemRefs } from '../src/bot/parse/arguments-items.ts';
import { titleAndBody } from '../src/bot/parse/arguments-text.ts';
import type { Argument } from '../src/bot/parse/argument.ts';
import { wordReader } from '../src/bot/parse/word-reader.ts';
import { isWholeIndex } from '../src/git/worktree/whole-index.ts';
import { commitReader } from '../src/git/objects/commit-objects.ts';
import { treeReader } from '../src/git/objects/tree-objects.ts';
import { readPlain } from '../src/git/worktree/linked.ts';
import { commitsMadeIn } from '../src/git/worktree/elsewhere.ts';
import { PackedRefs } from '../src/git/packed-refs.ts';
import { textQuery } from '../src/log/search/query.ts';
import { Allowance } from '../src/mcp/guards.ts';
import { approve } from '../src/mcp/tools/approve.ts';
import { ask } from '../src/mcp/tools/ask.ts';
import { report } from '../src/mcp/tools/report.ts';
import { nearest } from '../src/nearest.ts';
import { isLabel } from '../src/pipeline/labels.ts';
import { safeName } from '../src/pipeline/told/sent-file.ts';
import { withTold, type Told } from '../src/pipeline/told/told.ts';
import type { CommitSha } from '../src/pipeline/values.ts';
import { NO_USAGE } from '../src/pipeline/usage.ts';
import { seeHiddenText } from '../src/redaction/hidden-text.ts';
import { withMentions } from '../transports/matrix/intake/pills.ts';
import { fixedClock } from './git/owner.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'musher bounds-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

type Bound = keyof typeof BOUNDS;
/** What comes of something of this size: at the bound all of it, and of one more what the table says. */
interface Member {
  readonly of: (size: number) => unknown;
  readonly at: unknown;
  readonly beyond: unknown;
}

let made = 0;
const folder = (): string => {
  made += 1;
  const path = join(dir, String(made));
  mkdirSync(path);
  return path;
};
/** A file of this size with one beginning; the rest are zeros that take no room. */
function sparse(size: number, beginning = ''): string {
  const path = join(folder(), 'file');
  writeFileSync(path, beginning);
  truncateSync(path, size);
  return path;
}
function parsed<T>(argument: Argument<T>, text: string): string {
  const result = argument.parse(wordReader(text, 0, new Set()), { currentProject: 'shop', projects: ['shop'] });
  return result.ok ? 'taken' : result.error.message;
}
/** Git's object in a file of its own. Its size with its head is what is bounded. */
function loose(kind: string, body: Buffer): { folder: string; name: string } {
  const raw = Buffer.concat([Buffer.from(`${kind} ${body.length}\x00`), body]);
  const name = createHash('sha1').update(raw).digest('hex');
  const objects = folder();
  mkdirSync(join(objects, name.slice(0, 2)));
  writeFileSync(join(objects, name.slice(0, 2), name.slice(2)), deflateSync(raw));
  return { folder: objects, name };
}
const x = (size: number): string => 'x'.repeat(size);
const COMMIT = 'a'.repeat(40);
const now = Date.UTC(2026, 0, 1);

const MEMBERS: { readonly [B in Bound]?: Member } = {
  models: {
    of: (size) => {
      const models = boundedModels();
      const names = Array.from({ length: size }, (_, n) => models.take({ kind: 'usage', model: `m${n}`, usage: NO_USAGE }).model);
      return names.filter((name) => name === OTHER_MODELS).length;
    },
    at: 0,
    beyond: 1,
  },
  modelName: {
    of: (size) => boundedModels().take({ kind: 'usage', model: x(size), usage: NO_USAGE }).model.length,
    at: BOUNDS.modelName,
    beyond: BOUNDS.modelName,
  },
  believed: { of: (size) => tokensField({ tokens: size }, 'tokens'), at: BOUNDS.believed, beyond: BOUNDS.believed },
  outputLine: {
    of: (size) => {
      const lines: string[] = [];
      const splitter = lineSplitter((line) => lines.push(line));
      splitter.push(Buffer.from(`${x(size)}\nnext\n`));
      return lines.map((line) => line.replace(/^x+/, ''));
    },
    at: ['', 'next'],
    beyond: [' [… 1 bytes cut]', 'next'],
  },
  sessionFiles: {
    of: async (size) => {
      const [from, to] = [folder(), folder()];
      for (let n = 0; n < size; n++) writeFileSync(join(from, `${n}.json`), '');
      await copySession(from, to, ['*.json'], 's');
      return readdirSync(to).length;
    },
    at: BOUNDS.sessionFiles,
    beyond: BOUNDS.sessionFiles,
  },
  told: {
    of: (size) => Array.from({ length: size }, (_, id) => told(id)).reduce(withTold, [] as readonly Told[])[0]?.id,
    at: 0,
    beyond: 1,
  },
  mcpCallers: {
    of: (size) => {
      const allowance = new Allowance(fixedClock());
      const all = (): boolean => allowance.take('first');
      while (all());
      for (let n = 1; n < size; n++) allowance.take(`caller ${n}`);
      // One that is forgotten starts anew.
      return all();
    },
    at: false,
    beyond: true,
  },
  evidence: {
    of: (size) => {
      const memory = runMemory();
      memory.take({ kind: 'activity', text: `first ${x(size - 'first '.length)}` });
      return memory.evidence().startsWith('first');
    },
    at: true,
    beyond: false,
  },
  closing: { of: (size) => closingText(`said ${x(size - 'said '.length)}`).endsWith('…'), at: false, beyond: true },
  fileName: { of: (size) => safeName(`${x(size - '.txt'.length)}.txt`).length, at: BOUNDS.fileName, beyond: BOUNDS.fileName },
  rateLimitMs: { of: (size) => believable(now + size, now) === null, at: false, beyond: true },
  gitFile: {
    of: async (size) => (await readPlain(sparse(size)))?.length ?? 'as if it were not there',
    at: BOUNDS.gitFile,
    beyond: 'as if it were not there',
  },
  commitObject: {
    of: async (size) => {
      const head = `tree ${COMMIT}\nauthor A <a@a> 1 +0000\ncommitter A <a@a> 1 +0000\n\n`;
      const { folder: objects, name } = loose('commit', Buffer.from(`${head}${x(size - head.length - `commit ${size}\x00`.length)}`));
      return (await commitReader({ folder: objects, format: 'sha1' })(name as CommitSha))?.tree ?? 'git reads it';
    },
    at: COMMIT,
    beyond: 'git reads it',
  },
  treeObject: {
    of: async (size) => {
      const entry = Buffer.concat([Buffer.from(`100644 ${x(size - `tree ${size}\x00100644 \x00`.length - 20)}\x00`), Buffer.alloc(20)]);
      const { folder: objects, name } = loose('tree', entry);
      return (await treeReader({ folder: objects, format: 'sha1' })(name))?.length ?? 'git reads it';
    },
    at: 1,
    beyond: 'git reads it',
  },
  report: { of: (size) => report.input.text.safeParse(x(size)).success, at: true, beyond: false },
  choices: { of: (size) => ask.input.choices.safeParse(Array.from({ length: size }, (_, n) => `${n}`)).success, at: true, beyond: false },
  choice: { of: (size) => ask.input.choices.safeParse([x(size)]).success, at: true, beyond: false },
  toolName: { of: (size) => approve.input.tool_name.safeParse(x(size)).success, at: true, beyond: false },
  headLog: {
    of: async (size) => {
      const gitDir = folder();
      const row = `${'0'.repeat(40)} ${COMMIT} A <a@a> 1 +0000\tcommit: x\n`;
      mkdirSync(join(gitDir, 'logs'));
      // Cut in the middle of a row, that is no row any more.
      writeFileSync(join(gitDir, 'logs', 'HEAD'), row + x(size === BOUNDS.headLog ? size - row.length : size));
      return commitsMadeIn(gitDir);
    },
    at: [COMMIT],
    beyond: [],
  },
  indexChecked: {
    of: (size) => {
      const path = join(folder(), 'index');
      const body = Buffer.alloc(size - 20);
      body.write('DIRC');
      body.writeUInt32BE(2, 4);
      writeFileSync(path, Buffer.concat([body, createHash('sha1').update(body).digest()]));
      return isWholeIndex(path);
    },
    at: true,
    beyond: 'ask',
  },
  packedRefs: {
    of: (size) => new PackedRefs(sparse(size, `${COMMIT} refs/heads/main\n`)).get('refs/heads/main'),
    at: COMMIT,
    beyond: 'ask',
  },
  unpacked: {
    of: async (size) => {
      let seen = 0;
      const whole = await seeHiddenText(gzipSync(Buffer.alloc(size, 'x')), (text) => (seen += text.length));
      return whole && seen >= size;
    },
    at: true,
    beyond: false,
  },
  title: {
    of: (size) => parsed(titleAndBody(), x(size)).slice(0, 17),
    at: 'taken',
    beyond: 'The title has 201',
  },
  label: { of: (size) => isLabel(x(size)), at: true, beyond: false },
  itemsNamed: { of: (size) => parsed(itemRefs(), `1-${size}`).slice(0, 9), at: 'taken', beyond: 'At most 5' },
  budgetTokens: { of: (size) => parsed(amount(), `${size} tokens`) === 'taken', at: true, beyond: false },
  budgetUsd: { of: (size) => parsed(amount(), `$${size}`) === 'taken', at: true, beyond: false },
  guessedWord: { of: (size) => nearest(`${x(size - 1)}a`, [`${x(size - 1)}b`], 0) !== null, at: false, beyond: true },
  mentions: {
    of: (size) =>
      commandText(`${'<@U1> '.repeat(size - 1)}<@U2> status`, { botNames: ['musher'], botIds: ['U2'], prefix: '!', ingress: 'message' })
        .addressed,
    at: true,
    beyond: false,
  },
  searchTyped: { of: (size) => textQuery(`word ${'.'.repeat(size - 'word '.length)}`)?.cut, at: false, beyond: true },
  searchWords: { of: (size) => textQuery(Array.from({ length: size }, (_, n) => `word${n}`).join(' '))?.cut, at: false, beyond: true },
  pill: {
    of: (size) => {
      const [tag, rest] = ['<a href="https://matrix.to/#/@musher:example.org" title="', '">Musher</a>'];
      const html = `${tag}${x(size - tag.length - rest.length)}${rest} status`;
      return withMentions('Musher status', html);
    },
    at: '<@@musher:example.org> status',
    beyond: 'Musher status',
  },
};

function told(id: number): Told {
  return { id, by: 'musher', at: now, text: 'said' };
}

it.each(Object.keys(MEMBERS) as Bound[])(
  'what comes from outside is taken as far as the bound, and beyond it as the table says: %s',
  async (name) => {
    const { of, at, beyond } = MEMBERS[name] ?? { of: () => 'no member', at: null, beyond: null };
    expect(await of(BOUNDS[name])).toEqual(at);
    expect(await of(BOUNDS[name] + 1)).toEqual(beyond);
  },
);

/** The tests of those that need a repository, a server or a program, and what stands there. */
const ELSEWHERE: { readonly [B in Bound]?: readonly [file: string, says: string] } = {
  output: ['agents/kept-output.test.ts', 'is not written beyond its limit'],
  toldText: ['commands/tell.test.ts', 'BOUNDS.toldText'],
  packedObjects: ['git/pack.test.ts', 'BOUNDS.packedObjects'],
  newFile: ['git/restore.test.ts', 'a new file that is too large for the repository'],
  treeEntries: ['git/tree-size.test.ts', 'one file more than is read'],
  treeDepth: ['git/tree-size.test.ts', 'BOUNDS.treeDepth'],
  searched: ['engine/secrets-in-diff.test.ts', 'a patch that is too large to be searched is held as well'],
  gitMemory: ['git/shell.test.ts', 'lets no git fill more memory than its bound'],
  gitSeconds: ['git/shell.test.ts', 'lets no git compute longer than its bound'],
  changedFiles: ['git/changes/changed-files.test.ts', 'BOUNDS.changedFiles'],
  patchShown: ['git/changes/changed-files.test.ts', 'BOUNDS.patchShown'],
  transcriptLook: ['agents/transcript-page.test.ts', 'BOUNDS.transcriptLook'],
  transcriptText: ['agents/transcript-page.test.ts', 'BOUNDS.transcriptText'],
};

/** What no test is known to try at its very limit. */
const UNTRIED: readonly Bound[] = [
  'fileBytes',
  'fileBytesOfItem',
  'fileTime',
  'filesOfItem',
  'filesOfMessage',
  'alternates',
  'answerPlaces',
  'attributeFolders',
  'attributes',
  'baseSteps',
  'boxedPack',
  'boxedRefs',
  'boxedSingly',
  'changedList',
  'changesKnown',
  'commitsKnown',
  'compared',
  'comparedFile',
  'factsKnown',
  'foreignEntries',
  'gitSilenceMs',
  'gitmodules',
  'gonePlaces',
  'historySteps',
  'indexFile',
  'itemsCalled',
  'keptFiles',
  'labels',
  'lockEntries',
  'mcpBody',
  'mcpConnections',
  'measuredValue',
  'outputTail',
  'path',
  'refFile',
  'requestsInAll',
  'requestsOfRun',
  'requestsUnanswered',
  'roomsKnown',
  'routinesOfProject',
  'searchedText',
  'sectionName',
  'sessionBytes',
  'setUpRecord',
  'timersOfItem',
  'timersOfProject',
  'toolDiff',
  'toolFiles',
  'treeBytes',
  'treeChanges',
  'treeSizesKnown',
  'treesKnown',
  'unseen',
  'webBody',
  'webBrowser',
  'webCallers',
  'webConnections',
  'webHeaders',
  'webRequestMs',
  'webStreamWaiting',
  'webStreams',
  'webStreamsOfSession',
  'webUrl',
  'webWrongLinks',
];

it('each bound is tried here or in a test that is named here, or is known as untried', () => {
  for (const [file, says] of Object.values(ELSEWHERE)) expect(readFileSync(join(import.meta.dirname, file), 'utf8')).toContain(says);
  const here = [...Object.keys(MEMBERS), ...Object.keys(ELSEWHERE), ...UNTRIED];
  expect(here.toSorted()).toEqual(Object.keys(BOUNDS).toSorted());
});
