import { afterEach, describe, expect, it } from 'vitest';
import { Enclosure, type Animal } from './enclosure.ts';

const MINUTE = 60_000;
let enclosure: Enclosure;
afterEach(() => enclosure.close());

const loose = async (animal: Animal): Promise<void> => {
  enclosure = await Enclosure.with(animal);
};
const work = 'echo done > work.txt; git add -A; git -c user.name=a -c user.email=a@example.org commit -qm work';
const usage = (tokens: number): string => `echo '{"type":"usage","model":"m","input_tokens":${tokens},"output_tokens":1,"cost_usd":0}'`;
const success = `echo '{"type":"result","status":"success","text":"all done"}'`;

describe('an agent that', () => {
  it('hangs is ended as silent', async () => {
    await loose({ script: 'echo here; sleep 3000' });
    // Read by Musher, not only printed: what it reads later it takes for later output.
    await enclosure.until(() => enclosure.runs[0]?.activity === 'here', 'a sign of life');
    enclosure.clock.jump(10 * MINUTE);
    expect(await enclosure.named()).toBe('stuck: silent');
  });

  it('prints the same for ever is ended as spinning', async () => {
    await loose({ script: 'while :; do echo still at it; sleep 0.02; done' });
    // Read by Musher, or the first such line would be one of after the jump, and new.
    await enclosure.until(() => enclosure.runs[0]?.activity === 'still at it', 'a sign of life');
    enclosure.clock.jump(9 * MINUTE);
    // What it prints at that later time is no silence.
    await enclosure.until(
      () => (enclosure.runs[0]?.lastHeartbeat ?? 0) > (enclosure.runs[0]?.startedAt ?? 0) + 8 * MINUTE,
      'a sign of life',
    );
    enclosure.clock.jump(MINUTE);
    expect(await enclosure.named()).toBe('stuck: spinning');
  });

  it('prints something new for ever is ended when its time is up', async () => {
    await loose({ script: 'i=0; while :; do i=$((i+1)); echo "step $i"; sleep 0.02; done', limits: { silenceMs: 60 * MINUTE } });
    await enclosure.said('step 2');
    enclosure.clock.jump(30 * MINUTE);
    expect(await enclosure.named()).toBe('stuck: out-of-time');
  });

  it('asks a person is ended as waiting for input', async () => {
    await loose({ script: 'cat > /dev/null; printf "Which one? "; sleep 3000' });
    await enclosure.said('Which one?');
    // The first look may come just before the question was read.
    enclosure.clock.jump(2 * MINUTE);
    enclosure.clock.jump(2 * MINUTE);
    expect(await enclosure.named()).toBe('stuck: waits-for-input');
    expect(enclosure.item.failure?.summary).toMatchObject({
      kind: 'stuck',
      cause: 'waits-for-input',
      said: { kind: 'asked-nobody', question: 'Which one?' },
    });
  });

  it('forks twice into a session of its own leaves nothing behind when it ends', async () => {
    await loose({
      script: `(setsid sh -c 'setsid sleep 3000 & echo $! > fork.txt; sleep 3000' &) ; while [ ! -s fork.txt ]; do sleep 0.01; done; ${work}; ${usage(5)}; ${success}`,
    });
    expect(await enclosure.named()).toBe('finished');
    expect(enclosure.processes()).toEqual([]);
  });

  it('ends with nothing is hollow', async () => {
    await loose({ script: 'exit 0' });
    expect(await enclosure.named()).toBe('hollow');
    await enclosure.until(() => enclosure.item.stage.name === 'archived', 'its being blocked');
  });

  it('claims to be done without work has failed', async () => {
    await loose({ script: `${usage(50)}; ${success}` });
    expect(await enclosure.named()).toBe('failed');
    expect(enclosure.item.failure?.summary).toEqual({ kind: 'nothing-committed', changed: [] });
  });

  it('repeats one failure is stopped at the third', async () => {
    const gate = { name: 'test', command: 'echo "at $(date +%N): wrong"; exit 1', timeoutMs: MINUTE, keep: [] };
    await loose({ script: `[ -e work.txt ] || { ${work}; }; ${usage(5)}; ${success}`, settings: { maxRetries: 9, gates: [gate] } });
    await enclosure.until(() => enclosure.item.stage.name === 'archived', 'its being blocked');
    expect(enclosure.runs).toHaveLength(3);
    expect(enclosure.item.stage).toMatchObject({ reason: { reason: { kind: 'same-failure', times: 3 } } });
  });

  it('uses ten times as much from one line to the next is over its budget', async () => {
    await loose({ script: `${usage(100)}; ${usage(1_000)}; sleep 3000`, limits: { tokens: 500 } });
    expect(await enclosure.named()).toBe('over-budget');
    expect(enclosure.runs[0]?.summary).toMatchObject({ kind: 'over-limit', unit: 'tokens', used: 1001, cap: 500 });
  });

  it('ignores SIGTERM is killed after the grace', async () => {
    await loose({ script: `trap '' TERM; echo deaf; while :; do sleep 0.05; done` });
    await enclosure.said('deaf');
    enclosure.record('item.held', { why: '' });
    expect(await enclosure.named()).toBe('stopped');
    expect(enclosure.item).toMatchObject({ stage: { name: 'current' }, execution: { state: 'idle' } });
  });

  it('is told to wait does so until then, and no longer when its item is stopped meanwhile', async () => {
    await loose({ script: `echo '{"type":"rate_limit","resume_at":99999999999999,"text":"later"}'; exit 1` });
    expect(await enclosure.named()).toBe('rate-limited');
    enclosure.record('item.held', { why: '' });
    const { version } = enclosure.item;
    enclosure.clock.jump(24 * 60 * MINUTE);
    expect(enclosure.runs).toHaveLength(1);
    expect(enclosure.item).toMatchObject({ version, execution: { state: 'idle' }, attempts: 0 });
  });
});
