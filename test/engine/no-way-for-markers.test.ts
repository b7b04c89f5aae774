import { afterEach, describe, expect, it } from 'vitest';
import { type Owner, write } from '../git/owner.ts';
import { MusherAtWork } from '../keeping/desk.ts';
import { REPOSITORIES } from '../keeping/repositories.ts';

// Conflict markers that an item adds reach the base branch by no command, nor by any row of commands.

let owner: Owner;
let musher: MusherAtWork;
afterEach(async () => {
  await musher.stop();
  owner.remove();
});

const WAYS: readonly (readonly string[])[] = [
  ['approve 1'],
  ['approve 1', 'accept 1'],
  ['approve 1', 'approve 1'],
  ['approve 1', 'retry 1', 'approve 1', 'accept 1'],
  ['move 1 merge', 'yes'],
  ['move 1 qa', 'yes', 'approve 1'],
  ['move 1 done', 'yes', 'accept 1'],
  ['approve 1', 'move 1 merge', 'yes', 'accept 1', 'move 1 done', 'yes'],
  ['reject 1 no', 'move 1 merge', 'yes', 'accept 1'],
  ['stop 1', 'start 1', 'move 1 merge', 'yes', 'approve 1'],
  ['stop 1', 'restore 1 1', 'yes', 'start 1', 'move 1 merge', 'yes', 'approve 1', 'accept 1'],
  ['approve 1', 'unblock 1', 'undo', 'yes', 'approve 1', 'accept 1'],
  ['approve 1', 'undo 1', 'yes', 'move 1 merge', 'yes'],
];

describe('markers of an item do not land', () => {
  it.each(WAYS.map((way) => [way.join(', '), way] as const))('%s', async (_, way) => {
    ({ owner } = REPOSITORIES.plain());
    musher = new MusherAtWork(owner);
    await musher.start();
    await musher.say('create story Markers');
    await musher.say('start 1');
    const [player] = musher.running;
    const worktree = player?.worktree ?? '';
    write(worktree, { 'marked.txt': '<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n' });
    owner.git(['add', '-A'], worktree);
    owner.git(['commit', '-q', '-m', 'markers'], worktree);
    player?.finish();
    await musher.settle();
    for (const command of way) {
      await musher.say(command);
      await musher.settle();
      expect(owner.git(['ls-tree', '--name-only', 'main'])).not.toContain('marked.txt');
    }
    expect(musher.log.reads.item('shop', 1)?.stage.name).not.toBe('done');
  });
});
