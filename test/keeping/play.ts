import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../invariants/random.ts';
import { type Act, ACTS, handsIn } from './acts.ts';
import { allObjectsOf, type Contents, filesBelow, headObjectsOf, missing, objectsOf, repositoriesBelow } from './bytes.ts';
import { MusherAtWork } from './desk.ts';
import { type Ground, REPOSITORIES, type RepositoryKind } from './repositories.ts';
import { Scope } from './scope.ts';

/** What people do, with `N` for an item; `finish` is the agent saying that it is done, `restart` ends Musher and starts it. */
const STEPS: readonly string[] = [
  ...Array.from({ length: 5 }, () => 'finish'),
  ...Array.from({ length: 4 }, () => 'approve N'),
  'accept N',
  'reject N no',
  'stop N',
  'start N',
  'retry N',
  'restore N 1',
  'undo N',
  'delete N',
  'restart',
  'move N current',
  'move N merge',
  'move N archived',
  'owner commits',
  'owner edits',
];
const ITEMS = 3;
const ROUNDS = 10;

export interface Played {
  readonly acts: number;
  readonly merges: number;
  /** Contents that were looked for after a step, all steps together. */
  readonly looked: number;
}

/**
 * Plays one history: a repository of that kind, agents that do this and that, people with their commands. After each step
 * all that there was before must still be: on a branch, in a worktree, in a snapshot or the quarantine. Throws an error with
 * the steps that led to it where something is lost.
 */
export async function playKeeping(kind: RepositoryKind, seed: number): Promise<Played> {
  const random = new Random(seed);
  const at: Ground = REPOSITORIES[kind]();
  const { owner } = at;
  const musher = new MusherAtWork(owner);
  const scope = new Scope(owner);
  const done: string[] = [];
  let [acts, looked, written] = [0, 0, 0];
  const words = (): string => `${kind} ${seed} ${(written += 1)}\n`;
  const step = async (name: string, perform: () => unknown): Promise<void> => {
    done.push(name);
    const before = whatIsThere(at);
    await perform();
    await musher.settle();
    const lost = missing(before, whatMayBe(at));
    looked += before.size;
    if (lost.length > 0) throw new Error(`${lost.length} contents are lost:\n${lost.slice(0, 10).join('\n')}`);
  };
  const act = (): void => {
    const player = musher.running[random.below(musher.running.length)];
    if (player === undefined) return;
    const name = random.pick(Object.keys(ACTS) as Act[]);
    done.push(`${player.item} ${name}`);
    acts += 1;
    const hands = handsIn(player.worktree, join(owner.root, 'home'), random, words);
    scope.during(player.item, player.worktree, () => ACTS[name](hands));
  };
  try {
    await musher.start();
    for (let n = 1; n <= ITEMS; n += 1) await musher.say(`create story Item ${n}`);
    for (let n = 1; n < ITEMS; n += 1) await musher.say(`start ${n}`);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (let n = random.below(4); n > 0; n -= 1) act();
      const text = random.pick(STEPS);
      const number = 1 + random.below(ITEMS);
      if (text === 'finish') await step('an agent is done', () => random.shuffled(musher.running)[0]?.finish());
      else if (text === 'restart') await step(text, () => musher.stop().then(() => musher.start()));
      else if (text === 'owner commits') await step(text, () => ownerCommits(at, words()));
      else if (text === 'owner edits') await step(text, () => writeFileSync(join(owner.repository, `notes-${written}.txt`), words()));
      else await step(text.replace('N', String(number)), () => musher.say(text.replace('N', String(number))));
    }
    for (const player of musher.running) await step('the last agents are done', () => player.finish());
    for (let n = 1; n <= ITEMS; n += 1)
      for (const text of ['approve', 'accept']) await step(`${text} ${n}`, () => musher.say(`${text} ${n}`));
    for (let n = 1; n <= ITEMS; n += 1) await step(`delete ${n}`, () => musher.say(`delete ${n}`));
    await step('restart', () => musher.stop().then(() => musher.start()));
    const wrong = [...scope.beyond(musher.log), ...musher.problems, ...fsck(at)];
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
    return { acts, merges: scope.merges(), looked };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Error(`${kind}, MUSHER_TEST_SEED=${seed}\n${done.map((one) => `- ${one}`).join('\n')}\n${said}`, { cause: error });
  } finally {
    await musher.stop().catch(() => undefined);
    execFileSync('chmod', ['-R', 'u+rwX', owner.root]);
    owner.remove();
  }
}

/** Where the owner works: what is committed, and what is not. */
function ownerCommits({ owner }: Ground, words: string): void {
  if (owner.git(['status', '--porcelain', '--untracked-files=no', '--ignore-submodules=all']) !== '') return;
  writeFileSync(join(owner.repository, 'owner.txt'), words);
  owner.git(['add', 'owner.txt']);
  owner.git(['commit', '-q', '-m', 'by the owner']);
}

/** All that must not get lost: files that are not ignored, and what repositories hold on to. */
function whatIsThere({ owner }: Ground): Contents {
  const found: Contents = new Map();
  const worktrees = join(owner.dataDir, 'worktrees/shop');
  for (const name of folders(worktrees)) {
    // What gates leave is nobody's work.
    if (name === 'merge') continue;
    filesBelow(join(worktrees, name), found, { ignored: false });
    for (const repository of repositoriesBelow(join(worktrees, name))) objectsOf(repository, found, true);
    headObjectsOf(join(worktrees, name), found);
  }
  filesBelow(owner.repository, found, { ignored: false });
  for (const repository of repositoriesBelow(join(owner.repository, '.git')))
    objectsOf(repository, found, repository !== join(owner.repository, '.git'));
  return found;
}

/** All places where something may be kept. */
function whatMayBe({ owner, upstreams }: Ground): Contents {
  const found: Contents = new Map();
  for (const folder of [owner.repository, join(owner.dataDir, 'worktrees'), join(owner.dataDir, 'quarantine')]) {
    filesBelow(folder, found, { ignored: true });
    // The owner's own repository counts only for what its refs hold on to.
    for (const repository of repositoriesBelow(folder))
      if (repository === join(owner.repository, '.git')) objectsOf(repository, found, false);
      else allObjectsOf(repository, found);
  }
  for (const upstream of upstreams) allObjectsOf(join(upstream, '.git'), found);
  return found;
}

function folders(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** What git says against the owner's repository. */
function fsck({ owner }: Ground): string[] {
  try {
    owner.git(['fsck', '--strict', '--no-dangling']);
    return [];
  } catch (error) {
    return [`git fsck: ${String(error)}`];
  }
}

/** Plays one history after the other, on one kind of repository after the other. */
export async function playMany(first: number, histories: number): Promise<Played & { readonly histories: number }> {
  const kinds = Object.keys(REPOSITORIES) as RepositoryKind[];
  const sum = { histories, acts: 0, merges: 0, looked: 0 };
  for (let seed = first; seed < first + histories; seed += 1) {
    const kind = kinds[seed % kinds.length];
    if (kind === undefined) continue;
    const played = await playKeeping(kind, seed);
    sum.acts += played.acts;
    sum.merges += played.merges;
    sum.looked += played.looked;
  }
  return sum;
}
