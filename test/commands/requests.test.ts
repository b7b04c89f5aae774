import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Ask } from '../../src/pipeline/requests.ts';
import { endRun, makeDesk, makeWorld, moveTo, START, startRun, type Desk, type World } from './harness.ts';

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

const REMOVE: Ask = { kind: 'permission', tool: 'Bash', input: '{"command":"rm -rf build","description":"clean"}' };
const WHICH: Ask = { kind: 'question', text: 'Which store?', choices: ['SQLite', 'files'], fallback: 'files' };

/** An item whose agent asks for something; gives its number and that of its run. */
function asking(request: number, ask: Ask = REMOVE, role: 'operator' | 'admin' = 'operator'): { n: number; run: number } {
  const n = world.make();
  moveTo(world, n, { name: 'current' });
  const run = startRun(world, n);
  const brief = ask.kind === 'permission' ? 'rm -rf build' : ask.text;
  const expiresAt = START + 15 * 60_000;
  world.record(n, 'request.opened', { run, request, agent: 'coder-1', ask, brief, call: `call ${request}`, role, expiresAt });
  return { n, run };
}
const state = (request: number): string | undefined => world.log.reads.requests.get(request)?.state;

describe('allow and deny', () => {
  it('answer once, and say what was answered', async () => {
    asking(1);
    expect(await world.say('allow r1')).toMatchObject({
      ok: true,
      text: expect.stringContaining('Allowed once: rm -rf build'),
    });
    expect(world.log.reads.requests.get(1)).toMatchObject({ state: 'allowed', closedBy: 'test:operator' });
    const again = await world.say('deny r1 too late');
    expect(again).toMatchObject({ ok: false, code: 'request-closed', text: 'r1 was allowed by operator at 14:05. Nothing was done.' });
    expect(state(1)).toBe('allowed');
  });

  it('keep why, and only where the request is named', async () => {
    asking(1);
    expect((await world.say('allow r1 it is only the build folder')).text).toContain('Allowed once');
    expect(world.log.reads.requests.get(1)).toMatchObject({ state: 'allowed', text: 'it is only the build folder' });
    expect((await world.say('deny r1 no')).text).toContain('was allowed by operator: it is only the build folder');
    asking(2);
    world.clock.move(6_000);
    expect((await world.say('allow r2 if it is safe')).text).toContain('take effect at once');
    expect(await world.say('allow me to explain')).toMatchObject({ ok: false, code: 'bad-argument' });
    expect(state(2)).toBe('open');
    await world.say('allow r2 for this run, as agreed');
    expect(world.log.reads.requests.get(2)).toMatchObject({ state: 'allowed', scope: 'run', text: 'as agreed' });
  });

  it('without a name, answer the one permission that waits; they list where several do, or where it can’t have been read yet', async () => {
    expect(await world.say('allow')).toMatchObject({ ok: false, code: 'no-such-request' });
    asking(1);
    expect(await world.say('allow')).toMatchObject({ ok: false, code: 'which-request', text: expect.stringContaining('came in just now') });
    world.clock.move(6_000);
    asking(2, WHICH);
    expect((await world.say('allow')).text).toContain('Allowed once: rm -rf build');
    expect([state(1), state(2)]).toEqual(['allowed', 'open']);
    asking(3);
    asking(4);
    world.clock.move(6_000);
    const which = await world.say('allow for this run');
    expect(which).toMatchObject({ ok: false, code: 'which-request' });
    expect(which.text).toMatch(/`allow r3` · coder-1 on #3 · rm -rf build[^]*`allow r4`/);
    expect([state(3), state(4)]).toEqual(['open', 'open']);
  });

  it('show nothing of a project to who has no role in it', async () => {
    asking(1);
    world.clock.move(6_000);
    const nobody = { admin: [], operator: [], viewer: [] };
    world = world.restarted({
      roles: nobody,
      projectRoles: [
        { project: 'shop', roles: nobody },
        { project: 'docs', roles: { ...nobody, operator: ['test:ann'] } },
      ],
    });
    const said = await world.say('allow', { from: { sender: { transport: 'test', id: 'ann', name: 'Ann' } } });
    expect(said).toMatchObject({ ok: false, code: 'no-such-request' });
    expect(state(1)).toBe('open');
  });

  it('for a run, cover what the same tool asks besides, and nothing of another tool, run or role', async () => {
    const { n, run } = asking(1);
    const more = { run, agent: 'coder-1', expiresAt: START + 900_000 };
    world.record(n, 'request.opened', { ...more, request: 2, ask: REMOVE, brief: 'again', call: 'c2', role: 'operator' });
    const write = { kind: 'permission', tool: 'Write', input: '{}' } as const;
    world.record(n, 'request.opened', { ...more, request: 3, ask: write, brief: 'Write', call: 'c3', role: 'operator' });
    world.record(n, 'request.opened', { ...more, request: 4, ask: REMOVE, brief: 'as admin', call: 'c4', role: 'admin' });
    asking(5);
    const said = await world.say('allow R1 for this run');
    expect(said.text).toContain('Allowed: rm -rf build, with r2. coder-1 may use Bash without asking for the rest of run 1');
    expect([1, 2, 3, 4, 5].map(state)).toEqual(['allowed', 'allowed', 'open', 'open', 'open']);
    expect((await world.say('history 1')).text).toContain('allowed r1 for the rest of the run');
    expect(await world.say('allow r3 for ever')).toMatchObject({ ok: false, code: 'bad-argument' });
    expect(await world.say('allow 3')).toMatchObject({ ok: false, code: 'bad-argument', text: expect.stringContaining('r7') });
  });

  it('keep the reason of a denial for the agent', async () => {
    asking(1);
    expect(await world.say('deny r1 use the test database\nnot the real one')).toMatchObject({ ok: true });
    expect(world.log.reads.requests.get(1)).toMatchObject({ state: 'denied', text: 'use the test database\nnot the real one' });
  });

  it('count nothing from a viewer', async () => {
    asking(1);
    for (const text of ['allow r1', 'deny r1', 'answer r1 x'])
      expect(await world.say(text, { role: 'viewer' })).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(state(1)).toBe('open');
  });

  it('leave it to admins to allow where the request says so; an operator may still deny', async () => {
    asking(1, REMOVE, 'admin');
    expect(await world.say('allow r1')).toMatchObject({
      ok: false,
      code: 'not-allowed',
      text: expect.stringContaining('needs the role admin in shop'),
    });
    expect(state(1)).toBe('open');
    expect(await world.say('allow r1', { role: 'admin' })).toMatchObject({ ok: true });
    world.log.transaction((tx) => expect(tx.reads.requests.get(1)?.closedBy).toBe('test:admin'));
    const second = world.make();
    moveTo(world, second, { name: 'current' });
    const run = startRun(world, second, 'coder-2');
    world.record(second, 'request.opened', {
      run,
      request: 2,
      agent: 'coder-2',
      ask: REMOVE,
      brief: 'b',
      call: 'c',
      role: 'admin',
      expiresAt: START + 1000,
    });
    expect(await world.say('deny r2')).toMatchObject({ ok: true });
  });

  it('come too late after the expiry', async () => {
    asking(1);
    world.clock.move(15 * 60_000);
    expect(await world.say('allow r1')).toMatchObject({ ok: false, code: 'request-expired' });
    expect(state(1)).toBe('open');
  });

  it('are void when the run has ended, or was asked to', async () => {
    const { n, run } = asking(1);
    world.record(n, 'run.stop_requested', { run, why: 'x' });
    expect(await world.say('allow r1')).toMatchObject({ ok: false, code: 'request-void' });
    endRun(world, n, run, 'stopped');
    expect(await world.say('allow r1')).toMatchObject({ ok: false, code: 'request-void' });
  });

  it('take no bare number: that is an item', async () => {
    asking(1);
    const answer = await world.say('allow 1');
    expect(answer).toMatchObject({ ok: false, text: expect.stringContaining('`requests` lists them') });
    expect(state(1)).toBe('open');
    expect(await world.say('allow r9')).toMatchObject({ ok: false, code: 'no-such-request' });
  });

  it('do not answer a question', async () => {
    asking(1, WHICH);
    expect(await world.say('allow r1')).toMatchObject({ ok: false, code: 'request-is-question' });
    asking(2);
    expect(await world.say('answer r2 yes')).toMatchObject({ ok: false, code: 'request-is-permission' });
  });
});

describe('answer', () => {
  it('gives the text to the agent as it stands', async () => {
    asking(1, WHICH);
    expect(await world.say('answer r1 SQLite, in WAL mode')).toMatchObject({ ok: true });
    expect(world.log.reads.requests.get(1)).toMatchObject({ state: 'answered', text: 'SQLite, in WAL mode' });
  });
});

describe('requests', () => {
  it('shows what is open in full, with its buttons', async () => {
    asking(1, { kind: 'permission', tool: 'Bash', input: JSON.stringify({ command: 'cat a\u202E | sh\nrm b', description: 'x' }) });
    const { text, body } = await world.say('requests', { role: 'viewer' });
    expect(text).toContain('command: cat a<U+202E> | sh\n        rm b');
    expect(text).toContain('description: x');
    expect(text).toContain('until 14:20');
    const buttons = body.blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : []));
    expect(buttons.map(({ command }) => command)).toEqual(['allow r1', 'deny r1']);
    await world.say('deny r1');
    expect((await world.say('requests')).text).toContain('No open requests');
  });

  it('offers each choice of a question, and says its default', async () => {
    asking(1, WHICH);
    const { text, body } = await world.say('requests');
    expect(text).toContain('“files”');
    const buttons = body.blocks.flatMap((block) => (block.kind === 'actions' ? block.actions : []));
    expect(buttons.map(({ command }) => command)).toEqual(['answer r1 SQLite', 'answer r1 files']);
  });
});

describe('why and status', () => {
  it('say that people are waited for, since when and until when', async () => {
    const { n } = asking(7);
    const said = /waiting for permission: rm -rf build\..*14:05.*14:20.*`allow r7` or `deny r7 <reason>`/;
    expect((await world.say(`why ${n}`)).text).toMatch(said);
    expect((await world.say('status')).text).toMatch(said);
  });
});
