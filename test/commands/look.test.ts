import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MARK } from '../git/owner.ts';
import type { ItemEvents } from '../../src/pipeline/events.ts';
import {
  abandonedStage,
  blockedStage,
  doneStage,
  endRun,
  failAttempt,
  makeDesk,
  makeWorld,
  mergeStage,
  moveTo,
  numbered,
  seeWork,
  SHA,
  sha,
  START,
  startRun,
  type Desk,
  type World,
} from './harness.ts';

let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  world = makeWorld(desk);
});
afterEach(() => world.close());

const MINUTE = 60_000;

function spend(n: number, run: number, microUsd: number, agent = 'coder-1', model = 'small'): void {
  const usage = { inputTokens: 12_000, outputTokens: 300, cacheReadTokens: 0, cacheWriteTokens: 0, microUsd };
  world.record(n, 'run.usage', { run, agent, model, usage });
}
function gate(n: number, over: Partial<ItemEvents['gate.ran']> = {}): void {
  const receipt = {
    gate: 'test',
    command: 'npm test',
    where: 'branch',
    commit: SHA,
    tree: sha('2'),
    exitCode: 0,
    timedOut: false,
  } as const;
  world.record(n, 'gate.ran', { ...receipt, durationMs: 3_100, outputHash: '', outputTail: '', ...over });
}
function inCurrent(title = 'Fix the login'): number {
  const n = world.make({ title });
  moveTo(world, n, { name: 'current' });
  return n;
}
function inMerge(title?: string): number {
  const n = inCurrent(title);
  seeWork(world, n);
  moveTo(world, n, mergeStage);
  return n;
}

describe('help', () => {
  it('lists what the sender may use, and explains one', async () => {
    const all = await world.say('help', { role: 'viewer' });
    expect(all.text).toContain('status');
    expect(all.text).not.toContain('Deletes an item');
    expect((await world.say('help')).text).toContain('Deletes an item');
    expect((await world.say('help depends')).text).toContain('depends 42 on nothing');
    expect((await world.say('help board')).text).toContain('Shows the board');
  });

  it('refuses a command that is not there, with what was perhaps meant', async () => {
    const answer = await world.say('help statsu');
    expect(answer).toMatchObject({ ok: false, code: 'unknown-command' });
    expect(answer.text).toContain('Did you mean `status`?');
    expect(await world.say('help delete', { role: 'viewer' })).toMatchObject({ ok: false, code: 'unknown-command' });
  });
});

describe('status', () => {
  it('shows what runs, what waits and why, the slots, what is done, and what today has cost', async () => {
    const first = world.make({ title: 'First' });
    const next = world.make({ title: 'Next', dependsOn: [first] });
    world.record(next, 'item.queued', { queued: true });
    const running = inCurrent('Running');
    const run = startRun(world, running);
    world.record(running, 'run.heartbeat', { run, activity: 'edits src/login.ts' });
    spend(running, run, 11_400);
    const review = inCurrent('Review me');
    moveTo(world, review, { name: 'qa' });
    const merging = inMerge('Merging');
    const done = inMerge('Shipped');
    moveTo(world, done, doneStage);
    const blocked = inCurrent('Stuck');
    moveTo(world, blocked, blockedStage());
    const gone = inCurrent('Gone');
    moveTo(world, gone, abandonedStage);
    world.clock.move(3 * MINUTE);
    const { text } = await world.say('status', { role: 'viewer' });
    expect(text).toContain('backlog 2 · current 1 · qa 1 · merge 1 · done 1 · archived 2');
    expect(text).toContain('1 of 2 coder slots busy · today $0.0114, 12.3k tokens');
    expect(text).toContain(`… #${running} Running · coder-1 running in current · 3 min · run 1: edits src/login.ts`);
    expect(text).toContain(`! #${review} Review me · waiting for review · 3 min. Review it with \`diff ${review}\``);
    expect(text).toContain(`… #${next} Next · waiting for #${first} (in backlog) · 3 min`);
    expect(text).toContain(`… #${merging} Merging · merging next`);
    expect(text).toContain(`✗ #${blocked} Stuck · blocked: the gate test failed. \`retry ${blocked}\``);
    expect(text).toContain(`✓ #${done} Shipped merged · \`11111111\` · 14:05`);
    expect(text).not.toContain('Gone');
  });

  it('says that nothing is in progress, and what to do', async () => {
    expect((await world.say('status')).text).toContain('the backlog is empty: `create story <title>`');
    world.make();
    expect((await world.say('board')).text).toContain('Nothing is running. 1 item in the backlog: `start 1` to begin.');
  });

  it('counts what it leaves out', async () => {
    for (let n = 0; n < 20; n++) moveTo(world, inCurrent(), { name: 'qa' });
    expect((await world.say('status')).text).toContain('and 5 more');
  });
});

describe('backlog', () => {
  it('lists in order, with what an item waits for', async () => {
    const a = world.make({ title: 'A' });
    world.clock.move(1);
    const b = world.make({ title: 'B', type: 'bug', dependsOn: [a] });
    const { text } = await world.say('backlog', { role: 'viewer' });
    expect(text).toContain(`- #${a} A (story)\n- #${b} B (bug) · not started, and it needs #${a} (in backlog) first`);
    await world.say(`start ${b}`);
    const queued = await world.say('backlog', { role: 'viewer' });
    expect(queued.text).toContain(`- #${b} B (bug) · waiting for #${a} (in backlog), starts on its own`);
  });

  it('counts what it leaves out, and says when there is nothing', async () => {
    expect((await world.say('backlog')).text).toContain('is empty');
    for (let n = 0; n < 53; n++) world.make();
    expect((await world.say('backlog')).text).toContain('and 3 more');
  });
});

describe('digest', () => {
  it('sums up the day: merged, blocked, waiting for people, spent', async () => {
    const merged = inMerge('Merged one');
    moveTo(world, merged, doneStage);
    const stuck = inCurrent('Stuck one');
    moveTo(world, stuck, blockedStage());
    const review = inCurrent('Review me');
    const run = startRun(world, review);
    spend(review, run, 420_000);
    endRun(world, review, run, 'finished');
    seeWork(world, review);
    moveTo(world, review, { name: 'qa' });
    const { text } = await world.say('digest');
    expect(text).toContain('shop since 00:00: 1 merged · 1 blocked · 1 waiting for you · 0 running · $0.42 spent');
    expect(text).toMatch(/✓ #1 Merged one[^]*✗ #2 Stuck one · blocked[^]*! #3 Review me · waiting for review/);
  });
});

describe('show', () => {
  it('shows all of an item', async () => {
    const first = world.make({ title: 'First' });
    const n = world.make({ description: 'Long *text*.', criteria: [{ text: 'opens', checked: true }], dependsOn: [first] });
    const needing = world.make({ dependsOn: [n] });
    world.record(n, 'item.assigned', { agent: 'coder-2', prior: null });
    moveTo(world, n, { name: 'current' });
    const run = startRun(world, n, 'coder-2');
    spend(n, run, 2_500_000);
    world.clock.move(2 * MINUTE);
    endRun(world, n, run, 'finished');
    gate(n, { exitCode: 1 });
    failAttempt(world, n, { cause: 'gate', summary: 'test failed with exit 1', evidence: 'AssertionError' });
    seeWork(world, n);
    const { text } = await world.say(`show ${n}`, { role: 'viewer' });
    for (const part of [
      `#${n} Fix the login`,
      '> Long *text*.',
      'Criteria, 1 of 1 checked',
      '1. [x] opens',
      'current since 14:05 (2 min)',
      'Waiting for #1 (in backlog)',
      `${first} (backlog)`,
      `${needing} (backlog)`,
      'coder-2',
      'human (the default)',
      `1 commit on ${desk.branch}`,
      '$2.50, 12.3k tokens, 1 run',
      '14:05 by admin',
      'Gate failed: test failed with exit 1',
      'AssertionError',
      'finished',
      'exit 1',
      '3.1 s',
    ])
      expect(text).toContain(part);
  });

  it('shows what the agent said at its end, what the reviewer found, and who approved it', async () => {
    const n = inCurrent();
    const ended = { reason: 'finished', exitCode: 0, resumeAt: null, turns: 3 } as const;
    const coded = startRun(world, n);
    const closing = 'Added the tax column.\n\nThe old export still reads it.';
    world.record(n, 'run.ended', { run: coded, ...ended, summary: 'Added the tax column.', verdict: null, closing });
    seeWork(world, n);
    moveTo(world, n, { name: 'qa' });
    const reviewed = startRun(world, n, 'reviewer');
    const verdictReason = 'Tests cover both rates.';
    world.record(n, 'run.ended', { run: reviewed, ...ended, summary: 'ok', verdict: 'approve', verdictReason });
    world.log.transaction(
      (tx) =>
        void tx.record({
          project: 'shop',
          item: numbered(n),
          actor: 'agent:reviewer',
          cause: null,
          kind: 'item.moved',
          payload: { to: mergeStage, why: { kind: 'approved' }, failure: null },
        }),
    );
    const { text } = await world.say(`show ${n}`);
    expect(text).toContain('coder-1 said at the end, run 1');
    expect(text).toMatch(/> Added the tax column\.\n> The old export still reads it\./);
    expect(text).toMatch(/reviewer approved it, run 2\n+> Tests cover both rates\./);
    expect(text).toMatch(/Approved +by reviewer, 14:05/);
    // Sent back, nobody's approval holds.
    moveTo(world, n, { name: 'current' });
    expect((await world.say(`show ${n}`)).text).not.toContain('Approved');
    expect(text).not.toContain('`logs');
    const long = startRun(world, n);
    world.record(n, 'run.ended', { run: long, ...ended, summary: 'long', verdict: null, closing: 'a line\n'.repeat(40) });
    const { text: cut } = await world.say(`show ${n}`);
    expect(cut).toContain('`logs 1 100 3` shows all of its run.');
    expect(cut).not.toContain('Added the tax column');
  });

  it('says that an item was deleted, and what a purge has left', async () => {
    const n = world.make({ title: 'Secret' });
    world.record(n, 'item.deleted', { purge: true });
    expect((await world.say(`show ${n}`)).text).toContain('clean-up not done yet');
    world.record(n, 'item.removed', { done: [], left: [] });
    world.record(n, 'item.purged', {});
    const { ok, text } = await world.say(`show ${n}`);
    expect(ok).toBe(true);
    expect(text).toContain('content purged');
    expect(text).not.toContain('Secret');
  });

  it('shows the merge, and an item of another project by its full name', async () => {
    const n = inMerge();
    moveTo(world, n, doneStage);
    expect((await world.say(`show ${n}`)).text).toContain('11111111 at 14:05');
    world.make({}, 'docs');
    expect((await world.say('show docs#1')).text).toContain('start docs#1 to begin.');
  });

  it('marks what it leaves out of a long failure', async () => {
    const n = inCurrent();
    failAttempt(world, n, { cause: 'run', summary: 'no', evidence: `${'x'.repeat(3_000)}end` });
    const { text } = await world.say(`show ${n}`);
    expect(text).toContain('[1503 characters before this left out]');
    expect(text).toContain('xend');
  });

  it('refuses a number that is not there, with near ones', async () => {
    world.make();
    const answer = await world.say('show 3');
    expect(answer).toMatchObject({ ok: false, code: 'no-such-item' });
    expect(answer.text).toContain('Did you mean #1?');
  });
});

describe('why', () => {
  it('says why, what comes next, and who moved it last', async () => {
    const n = inCurrent();
    await world.say(`stop ${n}`);
    const { text } = await world.say(`why ${n}`, { role: 'viewer' });
    expect(text).not.toContain('0 s');
    expect(text).toContain(`\`start ${n}\` continues it.`);
    expect(text).toContain('14:05, just now: operator stopped it.');
  });

  it('finds the last move behind many signs of life', async () => {
    const n = inCurrent();
    const run = startRun(world, n);
    for (let beat = 0; beat < 250; beat++) world.record(n, 'run.heartbeat', { run, activity: null });
    expect((await world.say(`why ${n}`)).text).toContain('Musher moved it to current: for the test');
  });

  it('names the last failure', async () => {
    const n = inCurrent();
    failAttempt(world, n, { cause: 'gate', summary: 'lint failed', evidence: '' });
    expect((await world.say(`why ${n}`)).text).toContain('Last failure: Lint failed.');
    expect(await world.say('why 99')).toMatchObject({ ok: false, code: 'no-such-item' });
  });
});

describe('history', () => {
  it('lists what happened, the newest last, without signs of life', async () => {
    await world.say('create bug Crash on save');
    await world.say('start 1');
    const run = startRun(world, 1);
    world.record(1, 'run.heartbeat', { run, activity: 'thinks' });
    spend(1, run, 5);
    endRun(world, 1, run, 'failed');
    const { text } = await world.say('history 1', { role: 'viewer' });
    const lines = text.split('\n').filter((line) => line.startsWith('- '));
    expect(lines).toEqual([
      '- 14:05 operator created it as a bug',
      '- 14:05 operator started it',
      '- 14:05 Musher assigned run 1 to coder-1 (current, attempt 1)',
      '- 14:05 Musher started run 1 with small',
      '- 14:05 Musher ended run 1: failed: said goodbye',
    ]);
    expect(text).toContain('all of its history');
  });

  it('lists as many as are asked for, also of a deleted item', async () => {
    const n = world.make();
    for (let i = 0; i < 5; i++) world.record(n, 'item.edited', { field: 'title', value: `t${i}`, prior: '' });
    world.record(n, 'item.deleted', { purge: false });
    const { text } = await world.say(`history ${n} 2`);
    expect(text.split('\n').filter((line) => line.startsWith('- '))).toEqual([
      '- 14:05 Musher changed the title: t4',
      '- 14:05 Musher deleted it',
    ]);
    expect(text).toContain('the last 2 events');
  });

  it('goes on with earlier events by `more`, each once, until the beginning', async () => {
    const n = world.make();
    for (let i = 0; i < 4; i++) world.record(n, 'item.edited', { field: 'title', value: `t${i}`, prior: '' });
    const pages = [(await world.say(`history ${n} 2`)).text];
    // What happens meanwhile shifts nothing.
    world.record(n, 'item.edited', { field: 'title', value: 't4', prior: '' });
    for (let page = 0; page < 2; page++) pages.push((await world.say('more')).text);
    const shown = pages.map((text) => Array.from(text.matchAll(/title: (t\d)|(created)/g), ([, title, created]) => title ?? created));
    expect(shown).toEqual([['t2', 't3'], ['t0', 't1'], ['created']]);
    expect(pages.map((text) => text.includes('`more` shows earlier events'))).toEqual([true, true, false]);
    expect(await world.say('more')).toMatchObject({ ok: false, code: 'nothing-more' });
  });

  it('refuses numbers that are not there or too large', async () => {
    expect(await world.say('history 99')).toMatchObject({ ok: false, code: 'no-such-item' });
    world.make();
    expect(await world.say('history 1 0')).toMatchObject({ ok: false, code: 'bad-argument' });
    expect(await world.say('history 1 201')).toMatchObject({ ok: false, code: 'bad-argument' });
  });
});

describe('logs', () => {
  it('shows the end of the latest run, or of the one that is named', async () => {
    const n = inCurrent();
    const run = startRun(world, n);
    expect((await world.say(`logs ${n}`)).text).toContain('No output yet');
    world.written.set(
      `${n}/${run}`,
      Array.from({ length: 30 }, (_, index) => `line ${index + 1}`),
    );
    const { text } = await world.say(`logs ${n}`, { role: 'viewer' });
    expect(text).toContain('run 1 by coder-1 in current: running, 0 s.');
    expect(text).not.toMatch(/line 10$/m);
    expect(text).toMatch(/line 11$/m);
    expect((await world.say(`logs ${n} 1`)).text).toMatch(/^\s*line 30$/m);
    endRun(world, n, run, 'failed');
    startRun(world, n);
    expect((await world.say(`logs ${n} 1 1`)).text).toContain('run 1 by coder-1 in current: failed');
  });

  it('refuses where there is no run', async () => {
    const n = inCurrent();
    expect(await world.say(`logs ${n}`)).toMatchObject({ ok: false, code: 'no-runs' });
    startRun(world, n);
    expect(await world.say(`logs ${n} 5 7`)).toMatchObject({ ok: false, code: 'no-such-run' });
    expect(await world.say('logs 99')).toMatchObject({ ok: false, code: 'no-such-item' });
  });
});

describe('diff', () => {
  it('shows the change with its summary first', async () => {
    const n = inCurrent();
    seeWork(world, n);
    const { text, body } = await world.say(`diff ${n}`, { role: 'viewer' });
    expect(text).toContain('shop.txt');
    expect(text).toContain('+zwei');
    expect(text.indexOf('1 file changed')).toBeLessThan(text.indexOf('+zwei'));
    expect(body.blocks.map(({ kind }) => kind)).toEqual(['paragraph', 'code', 'code']);
  });

  it('offers to approve what waits for that', async () => {
    const n = inCurrent();
    seeWork(world, n);
    moveTo(world, n, { name: 'qa' });
    const head = world.item(n).work?.head.slice(0, 8);
    expect((await world.say(`diff ${n}`)).body.blocks.at(-1)).toMatchObject({
      kind: 'actions',
      actions: [
        { command: `approve shop#${n} ${head}`, typed: `approve ${n}` },
        { label: 'Reject', command: `reject shop#${n}`, typed: `reject ${n} <reason>`, asks: { title: `Reject #${n}` } },
      ],
    });
    // The button goes when the item has moved on.
    const [question] = world.log.buttons.inState('open', world.clock.now());
    expect(question?.occasion).toMatchObject({ kind: 'item', project: 'shop', number: n, stage: 'qa' });
    expect(question?.plain.blocks.map(({ kind }) => kind)).not.toContain('actions');
  });

  it('shows what a merge has changed', async () => {
    const n = inMerge();
    moveTo(world, n, { ...doneStage, mergeCommit: world.desk.head });
    const { ok, text } = await world.say(`diff ${n}`, { role: 'viewer' });
    expect(ok).toBe(true);
    expect(text).toContain(`merged as ${world.desk.head.slice(0, 8)}`);
    expect(text).toContain('+zwei');
  });

  it('refuses where there is nothing to show', async () => {
    const none = inCurrent();
    expect(await world.say(`diff ${none}`)).toMatchObject({ ok: false, code: 'no-change' });
    seeWork(world, none, 0);
    expect(await world.say(`diff ${none}`)).toMatchObject({ ok: false, code: 'no-change' });
    world.record(none, 'item.work_seen', { work: { branch: 'musher/no-such', head: SHA, commitsAhead: 2 } });
    expect(await world.say(`diff ${none}`)).toMatchObject({ ok: false, code: 'no-change' });
    const merged = inMerge();
    moveTo(world, merged, doneStage);
    const answer = await world.say(`diff ${merged}`);
    expect(answer).toMatchObject({ ok: false, code: 'no-change' });
    expect(answer.text).toMatch(/11111111.* is gone/);
    expect(await world.say('diff 99')).toMatchObject({ ok: false, code: 'no-such-item' });
  });
});

describe('more', () => {
  const lines = (text: string): number[] => Array.from(text.matchAll(/line (\d+)$/gm), ([, n]) => Number(n));

  it('goes back over the output where the last answer ended, for each person on their own, also while the run writes on', async () => {
    const n = inCurrent();
    const run = startRun(world, n);
    const write = (count: number, to = world): void => {
      to.written.set(
        `${n}/${run}`,
        Array.from({ length: count }, (_, index) => `line ${index + 1}`),
      );
    };
    write(25);
    expect((await world.say(`logs ${n} 10`)).text).toContain('15 earlier lines: `more`');
    write(32);
    expect(lines((await world.say('more')).text)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(await world.say('more', { role: 'viewer' })).toMatchObject({ ok: false, code: 'nothing-more' });
    const again = world.restarted({});
    write(32, again);
    expect(lines((await again.say('more')).text)).toEqual([1, 2, 3, 4, 5]);
    expect(await again.say('more')).toMatchObject({ ok: false, code: 'nothing-more' });
  });

  it('shows all of a change in parts, each line once, and begins again where it is another change', async () => {
    const { owner } = desk;
    const wanted = Array.from({ length: 900 }, (_, index) => `+number ${index + 1}`);
    const head = (text: string): ReturnType<typeof owner.commit> => owner.commit({ 'big.txt': text }, 'big');
    owner.git(['switch', '-q', '-c', 'musher/9-big']);
    const n = inCurrent();
    const seen = (commit: typeof SHA): void =>
      world.record(n, 'item.work_seen', { work: { branch: 'musher/9-big', head: commit, commitsAhead: 1 } });
    seen(head(wanted.map((line) => `${line.slice(1)}\n`).join('')));
    const parts = [(await world.say(`diff ${n}`)).text];
    expect(parts[0]).toContain('1 file changed, +900 −0.');
    while (parts.at(-1)?.includes('shown: `more`') === true) parts.push((await world.say('more')).text);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.every((part) => part.length < 12_000)).toBe(true);
    expect(Array.from(parts.join('\n').matchAll(/^ *(\+number \d+)$/gm), ([, line]) => line)).toEqual(wanted);
    await world.say(`diff ${n}`);
    seen(head(`${wanted.join('\n')}\nnew\n`));
    owner.git(['switch', '-q', 'main']);
    expect((await world.say('more')).text).toContain('The change is another one by now.');
  });
});

describe('snapshots', () => {
  it('shows the files of one first and its change in parts, each line once, also of a deleted item', async () => {
    const { owner } = desk;
    const wanted = Array.from({ length: 900 }, (_, index) => `+kept ${index + 1}`);
    const n = world.make();
    owner.git(['switch', '-q', '-c', 'kept']);
    const commit = owner.commit({ 'kept.txt': wanted.map((line) => `${line.slice(1)}\n`).join('') }, 'kept');
    owner.git(['switch', '-q', 'main']);
    owner.git(['update-ref', `refs/musher/snapshots/${MARK}/${n}/1`, commit]);
    world.record(n, 'item.deleted', { purge: false });
    const parts = [(await world.say(`snapshots ${n} 1`)).text];
    expect(parts[0]).toMatch(/Snapshot 1 of [^]*kept\.txt \| 900[^]*\+kept 1$/m);
    while (parts.at(-1)?.includes('shown: `more`') === true) parts.push((await world.say('more')).text);
    expect(parts).toHaveLength(2);
    expect(Array.from(parts.join('\n').matchAll(/^ *(\+kept \d+)$/gm), ([, line]) => line)).toEqual(wanted);
    expect(parts.every((part) => part.includes(`\`restore ${n} 1\``))).toBe(true);
  });
});

describe('what people and agents wrote', () => {
  const mark = 'ZQ`x` <b>*@everyone*';

  it('is only ever text: never a command, a link or a mention', async () => {
    const n = world.make({ title: mark, description: mark, criteria: [{ text: mark, checked: false }] });
    const after = world.make({ dependsOn: [n] });
    moveTo(world, n, { name: 'current' });
    const run = startRun(world, n);
    world.record(n, 'run.heartbeat', { run, activity: mark });
    const running = await world.say('status');
    world.record(n, 'run.ended', { run, reason: 'failed', exitCode: 1, summary: mark, resumeAt: null, turns: 1, verdict: null });
    failAttempt(world, n, { cause: 'run', summary: mark, evidence: mark });
    moveTo(world, n, { name: 'archived', archivedAt: START, reason: { kind: 'blocked', reason: mark } });
    const texts = [
      `show ${n}`,
      `why ${n}`,
      `history ${n}`,
      'status',
      'backlog',
      `depends ${after}`,
      `start ${n}`,
      `cost ${n}`,
      `delete ${n}`,
    ];
    const answers = [running];
    for (const text of texts) answers.push(await world.say(text));
    for (const { body } of answers) expect(marked(body)).toEqual([]);
    expect(answers.filter(({ body }) => JSON.stringify(body).includes('ZQ')).length).toBeGreaterThan(6);
  });

  /** Nodes other than text, code blocks and quotes that carry the mark. */
  function marked(node: unknown): unknown[] {
    if (Array.isArray(node)) return node.flatMap(marked);
    if (typeof node !== 'object' || node === null) return [];
    const kind = 'kind' in node ? node.kind : null;
    const own = Object.values(node).filter((value) => typeof value === 'string' && value.includes('ZQ'));
    const block = kind === 'code' && 'language' in node;
    const bad = own.length > 0 && kind !== 'text' && kind !== 'quote' && !block ? [node] : [];
    return [...bad, ...Object.values(node).flatMap(marked)];
  }
});
