import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { until } from '../e2e/harness.ts';
import { MusherAtWork } from '../keeping/desk.ts';
import { REPOSITORIES } from '../keeping/repositories.ts';
import { write } from '../git/owner.ts';

it('a link to a commit that nobody has waits for a person, who may accept it, and the nested repository is kept', async () => {
  const { owner } = REPOSITORIES.plain();
  const musher = new MusherAtWork(owner);
  try {
    await musher.start();
    await musher.say('create story Scaffold');
    await musher.say('start 1');
    const [player] = musher.running;
    const web = `${player?.worktree}/web`;
    execFileSync('git', ['init', '-q', web]);
    write(web, { 'app.txt': 'the app\n' });
    owner.git(['add', '-A'], web);
    owner.git(['commit', '-q', '-m', 'scaffold'], web);
    owner.git(['-c', 'advice.addEmbeddedRepo=false', 'add', 'web'], player?.worktree);
    owner.git(['commit', '-q', '-m', 'add web'], player?.worktree);
    player?.finish();
    await musher.settle();
    await musher.say('approve 1');
    const stage = (): unknown => musher.log.reads.item('shop', 1)?.stage;
    const commit = owner.git(['rev-parse', 'HEAD'], web);
    expect(stage()).toMatchObject({
      name: 'archived',
      reason: { kind: 'reviewHeld', reason: { kind: 'unknown-links', links: [{ path: 'web', commit }] } },
    });
    expect(owner.git(['ls-tree', '--name-only', 'main'])).not.toContain('web');
    await musher.say('accept 1');
    expect(stage()).toMatchObject({ name: 'done' });
    const told = (): unknown => musher.log.reads.history('shop', 1, 50).find(({ kind }) => kind === 'item.set_aside')?.payload;
    // The worktree is tidied away after the merge, when the engine comes to it.
    await until(() => told() !== undefined);
    expect(told()).toEqual({ what: [{ kind: 'repositories-moved', repositories: 1, to: 'quarantine/repositories/shop/1' }] });
    expect(owner.git(['log', '--format=%s'], `${owner.dataDir}/quarantine/repositories/shop/1/web`)).toBe('scaffold');
    expect(musher.problems).toEqual([]);
  } finally {
    await musher.stop();
    owner.remove();
  }
});
