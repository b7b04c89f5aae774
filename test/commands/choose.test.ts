import type { AgentSettings, ProjectSettings } from '../../src/config/settings.ts';
import { NO_DEFAULTS } from '../pipeline/facts.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mergeHead } from '../../src/decide/facts.ts';
import { verifyAll } from '../../src/log/verify.ts';
import { databaseOf } from '../log/database-of.ts';
import { sha } from '../pipeline/samples.ts';
import { doneStage, makeDesk, makeWorld, moveTo, projectSettings, startRun, type Desk, type World } from './harness.ts';

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

describe('priority', () => {
  const SHOP = projectSettings('shop', '/nowhere');
  const head = (): number | null => mergeHead(world.log.reads, SHOP, world.clock.now());
  const toMerge = (n: number): void => {
    moveTo(world, n, { name: 'current' });
    moveTo(world, n, { name: 'merge', branch: `b${n}`, commitsAhead: 1 as never });
  };

  it('orders the backlog and the queue of what starts, and lists show it', async () => {
    const [a, b, c] = [world.make({ title: 'A' }), world.make({ title: 'B' }), world.make({ title: 'C' })];
    const answer = await world.say(`priority ${c} high`);
    expect(answer.text).toContain('#3 C now has high priority');
    expect((await world.say(`priority ${a} low`)).ok).toBe(true);
    expect(world.log.reads.inStage('shop', 'backlog', 10).map(({ number }) => number)).toEqual([c, b, a]);
    const { text } = await world.say('backlog');
    expect(text.indexOf('C (')).toBeLessThan(text.indexOf('B ('));
    expect(text).toContain('C (story) · high priority');
    expect((await world.say(`show ${c}`)).text).toMatch(/Priority:? +high/);
    expect((await world.say(`show ${b}`)).text).not.toContain('Priority');
    expect((await world.say(`history ${c}`)).text).toContain('set its priority to high');
    for (const n of [a, b, c]) world.record(n, 'item.queued', { queued: true });
    expect(world.log.reads.openNumbers('shop')).toEqual([c, b, a]);
    expect(verifyAll(databaseOf(world.log)).differences).toEqual([]);
  });

  it('is set for several items at once, and each one that it would not change says so', async () => {
    const [a, b] = [world.make(), world.make()];
    await world.say(`priority ${a} high`);
    const answer = await world.say(`prio ${a} ${b} high`);
    expect(answer).toMatchObject({ ok: true });
    expect(answer.text).toContain('Done for 1 of 2 items');
    expect(answer.text).toContain('already has high priority');
    expect(world.item(b).priority).toBe('high');
    expect(await world.say(`priority ${a} high`)).toMatchObject({ ok: false, code: 'unchanged' });
    expect(await world.say(`priority ${a} urgent`)).toMatchObject({ ok: false });
    expect(await world.say(`priority ${a} low`, { role: 'viewer' })).toMatchObject({ ok: false, code: 'not-allowed' });
  });

  it('changes nothing of what is merged', async () => {
    const n = world.make();
    toMerge(n);
    moveTo(world, n, doneStage);
    expect(await world.say(`priority ${n} high`)).toMatchObject({ ok: false, code: 'over' });
  });

  it('decides who merges first, but never over one whose commit is on its way', async () => {
    const [a, b] = [world.make(), world.make()];
    toMerge(a);
    toMerge(b);
    expect(head()).toBe(a);
    await world.say(`priority ${b} high`);
    expect(head()).toBe(b);
    world.record(a, 'merge.attempted', { commit: sha('c'), base: sha('0'), head: sha('a'), outcome: 'clean', files: [] });
    expect(head()).toBe(a);
    expect(verifyAll(databaseOf(world.log)).differences).toEqual([]);
  });

  it('keeps what is done in the order in which it came', async () => {
    const [a, b] = [world.make(), world.make()];
    await world.say(`priority ${a} high`);
    for (const n of [a, b]) {
      toMerge(n);
      moveTo(world, n, doneStage);
      world.clock.move(1_000);
    }
    expect(world.log.reads.recentInStage('shop', 'done', 10).map(({ number }) => number)).toEqual([b, a]);
  });
});

describe('model', () => {
  const agent = { ...projectSettings('shop', '/nowhere').agents[0], knownModels: ['opus', 'claude-opus-5'] } as AgentSettings;
  const withAgents = (first: Partial<AgentSettings>, second: Partial<AgentSettings>): Partial<ProjectSettings> => ({
    agents: [
      { ...agent, name: 'coder-1', ...first },
      { ...agent, name: 'coder-2', ...second },
    ],
    defaults: { ...NO_DEFAULTS, bug: { agent: 'coder-2', model: 'haiku' } },
  });
  beforeEach(async () => {
    await world.close();
    world = makeWorld(desk, withAgents({}, { model: 'haiku', knownModels: ['haiku'], auto: false }));
  });

  it('is chosen for an item, shown, told in its history and taken back', async () => {
    const n = world.make();
    const answer = await world.say(`model ${n} opus`);
    expect(answer.text).toBe(`#${n} Fix the login runs with opus now. Of its coders, coder-1 can use it.`);
    expect((await world.say(`show ${n}`)).text).toMatch(/Model:? +opus/);
    expect((await world.say(`history ${n}`)).text).toContain('chose the model opus');
    expect(await world.say(`model ${n} opus`)).toMatchObject({ ok: false, code: 'unchanged' });
    expect((await world.say('undo')).text).toContain('its model is left to its agent again');
    expect(world.item(n).model).toBeNull();
    await world.say(`model ${n} opus`);
    expect((await world.say(`model ${n} default`)).text).toContain('its agent’s own model');
  });

  it('tells of one that nobody knows, and passes it on', async () => {
    const n = world.make();
    const answer = await world.say(`model ${n} opsu`);
    expect(answer).toMatchObject({ ok: true });
    expect(answer.text).toContain('No agent here is known to have that model');
    expect(answer.text).toContain('Did you mean opus?');
    expect(world.item(n).model).toBe('opsu');
  });

  it('is never an option of the program, and changes nothing of what is merged', async () => {
    const n = world.make();
    expect(await world.say(`model ${n} --dangerously-skip-permissions`)).toMatchObject({ ok: false });
    expect(await world.say(`model ${n} "two words"`)).toMatchObject({ ok: false, code: 'bad-model' });
    expect(await world.say(`model ${n} "-p"`)).toMatchObject({ ok: false, code: 'bad-model' });
    moveTo(world, n, { name: 'current' });
    moveTo(world, n, { name: 'merge', branch: 'b', commitsAhead: 1 as never });
    moveTo(world, n, doneStage);
    expect(await world.say(`model ${n} opus`)).toMatchObject({ ok: false, code: 'over' });
  });

  it('says that a run in progress keeps its own', async () => {
    const n = world.make();
    moveTo(world, n, { name: 'current' });
    startRun(world, n, 'coder-1');
    expect((await world.say(`model ${n} opus`)).text).toContain('Run 1 by coder-1 finishes');
  });

  it('is assigned with the one agent that can use it, also one that is taken only when asked for', async () => {
    const n = world.make();
    expect((await world.say(`assign ${n} haiku`)).text).toBe(`#${n} Fix the login is assigned to coder-2.`);
    expect(world.item(n)).toMatchObject({ assignedTo: 'coder-2' });
    expect((await world.say(`assign ${n} claude-opus-5`)).text).toContain('is assigned to coder-1, with claude-opus-5');
    expect(world.item(n)).toMatchObject({ assignedTo: 'coder-1', model: 'claude-opus-5' });
    expect((await world.say('undo')).ok).toBe(true);
    expect(world.item(n)).toMatchObject({ assignedTo: 'coder-2', model: null });
  });

  it('that several agents can use is no agent, and the reply names both ways', async () => {
    await world.close();
    world = makeWorld(desk, withAgents({}, {}));
    const n = world.make();
    const answer = await world.say(`assign ${n} opus`);
    expect(answer).toMatchObject({ ok: false, code: 'several-agents' });
    expect(answer.text).toContain(`model ${n} opus`);
    expect(answer.text).toContain(`assign ${n} coder-1`);
  });

  it('and agent of a type stand where nobody chose', async () => {
    const n = world.make({ type: 'bug' });
    const { text } = await world.say(`show ${n}`);
    expect(text).toMatch(/Agent:? +coder-2 \(the default for bugs\)/);
    expect(text).toMatch(/Model:? +haiku \(the default for bugs\)/);
    await world.say(`assign ${n} coder-1`);
    expect((await world.say(`assign ${n} any`)).text).toContain('goes to coder-2, the default for bugs');
  });

  it('why names the agent that takes one at a time, and one that waits to be asked for', async () => {
    const [a, b] = [world.make(), world.make()];
    for (const n of [a, b]) moveTo(world, n, { name: 'current' });
    await world.say(`assign ${a} ${b} coder-2`);
    startRun(world, a, 'coder-2');
    expect((await world.say(`why ${b}`)).text).toContain(`coder-2 takes one item at a time (now #${a})`);
    await world.say(`assign ${b} any`);
    await world.say(`model ${b} haiku`);
    const { text } = await world.say(`why ${b}`);
    expect(text).toContain('every agent that can use haiku works only when it is asked for (coder-2)');
    expect(text).toContain(`assign ${b} coder-2`);
    expect((await world.say('agents')).text).toContain('only when asked for');
  });
});

describe('labels', () => {
  it('are added, listed with what is still to be done, and taken off', async () => {
    const [a, b] = [world.make({ title: 'A' }), world.make({ title: 'B' })];
    expect((await world.say(`label ${a} ui, good first task`)).text).toBe(`#${a} A is labelled ui, good-first-task.`);
    expect(await world.say(`label ${a} ${b} #UI`)).toMatchObject({ ok: true });
    expect(world.item(b).labels).toEqual(['ui']);
    expect((await world.say('labels')).text).toContain('ui 2 · good-first-task 1');
    const { text } = await world.say('list label ui');
    expect(text).toContain('#1 A · not started');
    expect(text).toContain('#2 B · not started');
    expect((await world.say('status label ui good-first-task')).text).not.toContain('#2');
    expect((await world.say('backlog')).text).toContain('A (story) · ui, good-first-task');
    expect((await world.say(`show ${a}`)).text).toMatch(/Labels:? +ui, good-first-task/);
    expect((await world.say(`history ${a}`)).text).toContain('set its labels to ui, good-first-task');
    expect((await world.say(`unlabel ${a} ui`)).text).toContain('is labelled good-first-task');
    expect((await world.say(`unlabel ${a} all`)).text).toContain('has no labels now');
    expect(await world.say(`unlabel ${a} ui`)).toMatchObject({ ok: false, code: 'not-labelled' });
    expect(verifyAll(databaseOf(world.log)).differences).toEqual([]);
  });

  it('of what is merged, deleted and purged are no open ones', async () => {
    const [a, b, c] = [world.make({ title: 'A' }), world.make({ title: 'B' }), world.make({ title: 'C' })];
    await world.say(`label ${a} ${b} ${c} ui`);
    moveTo(world, a, { name: 'current' });
    moveTo(world, a, { name: 'merge', branch: 'b', commitsAhead: 1 as never });
    moveTo(world, a, doneStage);
    world.record(c, 'item.deleted', { purge: true });
    expect(world.log.reads.labels('shop')).toEqual([{ label: 'ui', items: 1 }]);
    const { text } = await world.say('labels ui');
    expect(text).toContain('#2 B');
    expect(text).toContain('✓ #1 A merged');
    expect(text).not.toContain('#3');
    expect(verifyAll(databaseOf(world.log)).differences).toEqual([]);
  });

  it('are short words, and not too many', async () => {
    const n = world.make();
    expect(await world.say(`label ${n} ${'x'.repeat(31)}`)).toMatchObject({ ok: false, code: 'bad-label' });
    expect(await world.say(`label ${n} a<b`)).toMatchObject({ ok: false, code: 'bad-label' });
    expect(await world.say(`label ${n} a b c d e f g h i j k`)).toMatchObject({ ok: false, code: 'too-many-labels' });
    expect((await world.say('labels')).text).toContain('No open item of shop has a label');
    await world.say(`label ${n} phone`);
    const unknown = await world.say('labels phoen');
    expect(unknown).toMatchObject({ ok: false, code: 'no-such-label' });
    expect(unknown.text).toContain('Did you mean phone?');
    expect(await world.say(`label ${n} phone`)).toMatchObject({ ok: false, code: 'unchanged' });
  });
});

describe('edit', () => {
  it('sets the fields that have commands of their own, as those do', async () => {
    const n = world.make();
    for (const text of ['agent coder-2', 'priority high', 'model opus', 'labels ui, phone', 'label phone'])
      expect([text, await world.say(`edit ${n} ${text}`)]).toMatchObject([text, { ok: true }]);
    expect(world.item(n)).toMatchObject({ assignedTo: 'coder-2', priority: 'high', model: 'opus', labels: ['phone'], description: '' });
    expect(await world.say(`edit ${n} labels nothing`)).toMatchObject({ ok: true });
    expect(world.item(n).labels).toEqual([]);
    expect(await world.say(`edit ${n} priority urgent`)).toMatchObject({ ok: false, code: 'unknown-priority' });
    expect(await world.say(`edit ${n} agent nobody`)).toMatchObject({ ok: false, code: 'unknown-agent' });
    expect(world.item(n).description).toBe('');
  });

  it('names the command for what is no text, but edits a section of that name', async () => {
    const n = world.make();
    const answer = await world.say(`edit ${n} stage qa`);
    expect(answer).toMatchObject({ ok: false, code: 'other-command' });
    expect(answer.text).toContain(`move ${n} <stage>`);
    const m = world.make({ description: '## Budget\n\nSmall.' });
    expect((await world.say(`edit ${m} budget Large.`)).text).toContain('replaced the section “Budget”');
  });

  it('writes what is out of scope in however many words it is typed, and show has it under a heading of its own', async () => {
    const n = world.make({ description: 'Export it.' });
    expect((await world.say(`edit ${n} out of scope: Excel`)).text).toContain('added the section “Out of scope”');
    expect((await world.say(`edit ${n} "out of scope" PDF`)).text).toContain('replaced the section “Out of scope”');
    expect((await world.say(`edit ${n} out-of-scope Excel and PDF`)).ok).toBe(true);
    expect(world.item(n).description).toBe('Export it.\n\n## Out of scope\n\nExcel and PDF');
    const { text } = await world.say(`show ${n}`);
    expect(text).toContain('Out of scope\n> Excel and PDF');
    expect(text).toContain('> Export it.');
  });
});
