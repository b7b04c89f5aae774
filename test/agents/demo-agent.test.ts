import { execFileSync, spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { hasConflict, keepBoth, Unresolvable } from '../../demo/agent/conflicts.ts';
import { DEMO_ITEMS } from '../../demo/items.ts';
import { DEFAULT_PROMPTS } from '../../src/agents/default-prompts.ts';
import type { RunOutcome } from '../../src/agents/supervision/outcome.ts';
import { startRun } from '../../src/agents/supervision/supervisor.ts';
import { expandTemplate } from '../../src/agents/template.ts';
import { DEMO_AGENT } from '../setup/programs.ts';
import { leaveNothingBehind, runFixture, VARIABLES } from './run-fixture.ts';
import type { Role } from '../../src/pipeline/role.ts';

leaveNothingBehind();

const DEMO = new URL('../../demo/', import.meta.url).pathname;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Where a reviewer reaches Musher, as far as it needs it; what it said there. */
async function door(): Promise<{ url: string; verdicts: { verdict: string; reason: string }[] }> {
  const verdicts: { verdict: string; reason: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { method, params } = JSON.parse(body) as { method: string; params: { arguments: { verdict: string; reason: string } } };
      if (method === 'tools/call' && request.headers['mcp-session-id'] === 'first') verdicts.push(params.arguments);
      response.writeHead(200, { 'mcp-session-id': 'first' }).end('{}');
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, verdicts };
}

/** A copy of the demo repository, and the demo agent at work in it. */
class Demo {
  readonly #fixture = runFixture();
  readonly root = join(this.#fixture.spec.worktree, 'repository');
  #runs = 0;

  constructor() {
    mkdirSync(this.root);
    cpSync(join(DEMO, 'repository'), this.root, { recursive: true });
    this.git('init', '-q', '-b', 'main');
    this.commit('The shop opens');
  }

  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.root, encoding: 'utf8' }).trim();
  }

  commit(message: string): void {
    this.git('add', '-A');
    this.git('-c', 'user.name=T', '-c', 'user.email=t@t', 'commit', '-q', '-m', message);
  }

  /** The gate, in one process for all of its files; null: it passes. */
  failedGate(): string | null {
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    const run = spawnSync(process.execPath, ['--test', '--test-isolation=none'], { cwd: this.root, encoding: 'utf8', env });
    return run.status === 0 ? null : run.stdout;
  }

  async work(
    item: { title: string; type?: string; description?: string },
    change: { role?: Role; failure?: string; attempt?: string } = {},
  ): Promise<
    Pick<RunOutcome, 'reason' | 'exitCode' | 'summary' | 'turns' | 'usage' | 'report'> & { verdict?: string; verdictReason?: string }
  > {
    const { url, verdicts } = await door();
    const role = change.role ?? 'coder';
    const variables = {
      ...VARIABLES,
      title: item.title,
      type: item.type ?? 'story',
      body: item.description ?? '',
      failure: change.failure ?? '',
      attempt: change.attempt ?? '1',
      worktree: this.root,
    };
    const base = this.#fixture.spec;
    this.#runs += 1;
    const run = await startRun({
      ...base,
      agent: { ...base.agent, role, command: [process.execPath, DEMO_AGENT], env: { MUSHER_DEMO_SECONDS: '0' } },
      runDir: `${base.runDir}-${this.#runs}`,
      prompt: expandTemplate(DEFAULT_PROMPTS[role], variables),
      variables,
      worktree: this.root,
      access: { url, token: 'musher_test' },
    });
    if (!run.ok) throw run.error;
    const { reason, exitCode, summary, turns, usage, report } = await run.value.ended;
    const told = verdicts.at(-1);
    return {
      reason,
      exitCode,
      summary,
      turns,
      usage,
      ...(report === undefined ? {} : { report }),
      ...(told === undefined ? {} : { verdict: told.verdict, verdictReason: told.reason }),
    };
  }
}

function demoItem(title: string): { title: string; type: string; description: string } {
  const item = DEMO_ITEMS.find((candidate) => candidate.title === title);
  if (item === undefined) throw new Error(`no demo item ${title}`);
  return item;
}

describe('the demo agent', () => {
  it('starts from a repository whose tests pass', () => {
    expect(new Demo().failedGate()).toBeNull();
  });

  it('works on an item, commits it, says what it used, and the tests pass', async () => {
    const demo = new Demo();
    const outcome = await demo.work(demoItem('Short names for product pages'));
    expect(outcome).toMatchObject({ reason: 'finished', exitCode: 0, summary: 'Short names for product pages', turns: 5 });
    expect(outcome.usage.get('demo-model')?.microUsd).toBeGreaterThan(0);
    expect(demo.git('status', '--porcelain')).toBe('');
    expect(demo.git('log', '--format=%an %s', '-1')).toBe('Demo Agent Short names for product pages');
    expect(demo.failedGate()).toBeNull();
  });

  it('makes an honest mistake at rounding, and fixes it when it is shown the failed test', async () => {
    const demo = new Demo();
    const item = demoItem('Round prices to the cent');
    expect((await demo.work(item)).reason).toBe('finished');
    const failure = demo.failedGate();
    expect(failure).toContain('rounds half a cent up');
    expect((await demo.work(item, { attempt: '2', failure: failure ?? '' })).reason).toBe('finished');
    expect(demo.failedGate()).toBeNull();
    expect(demo.git('rev-list', '--count', 'HEAD')).toBe('3');
  });

  it('leaves a report for a spike, and no commit', async () => {
    const demo = new Demo();
    const outcome = await demo.work(demoItem('Look into paying by card'));
    expect(outcome).toMatchObject({ reason: 'finished', exitCode: 0, turns: 2 });
    expect(outcome.report).toContain('Look into paying by card: it can be done');
    expect(demo.git('rev-list', '--count', 'HEAD')).toBe('1');
  });

  it('brings about a real conflict between two items, and resolves it so that both continue working', async () => {
    const demo = new Demo();
    demo.git('checkout', '-q', '-b', 'french');
    await demo.work(demoItem('Greet in French'));
    demo.git('checkout', '-q', 'main');
    await demo.work(demoItem('Greet in German'));
    demo.git('checkout', '-q', 'french');
    const merge = spawnSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@t', 'merge', 'main'], { cwd: demo.root, encoding: 'utf8' });
    expect(merge.stdout).toContain('CONFLICT');
    expect(await demo.work(demoItem('Greet in French'), { role: 'mergemaster' })).toMatchObject({
      reason: 'finished',
      summary: 'resolved 1 conflicts',
    });
    const merged = readFileSync(join(demo.root, 'src/greetings.js'), 'utf8');
    expect(merged).toContain("de: 'Hallo'");
    expect(merged).toContain("fr: 'Bonjour'");
    expect(demo.git('status', '--porcelain')).toBe('');
    expect(demo.git('rev-list', '--count', '--merges', 'HEAD')).toBe('1');
    expect(demo.failedGate()).toBeNull();
  });

  it('carries out all the items one after the other, dependencies first', async () => {
    const demo = new Demo();
    for (const [index, item] of DEMO_ITEMS.entries()) {
      expect(item.dependsOn.every((other) => other < index)).toBe(true);
      const first = await demo.work(item);
      let gate = demo.failedGate();
      if (gate !== null) {
        await demo.work(item, { attempt: '2', failure: gate });
        gate = demo.failedGate();
      }
      expect(first.reason).toBe('finished');
      expect({ title: item.title, gate }).toEqual({ title: item.title, gate: null });
    }
  });

  it('makes something real of an item that nobody foresaw, whatever its title', async () => {
    const demo = new Demo();
    for (const title of ['Try me', '../../etc/passwd "; process.exit(1) //', '日本語 ${x} `y`']) {
      const outcome = await demo.work({ title });
      expect(outcome.reason).toBe('finished');
      expect({ title, gate: demo.failedGate() }).toEqual({ title, gate: null });
    }
    expect(demo.git('rev-list', '--count', 'HEAD')).toBe('4');
  });

  it('does what a directive in the description says', async () => {
    const demo = new Demo();
    expect(await demo.work({ title: 'A', description: 'Please.\ndemo: fail' })).toMatchObject({ reason: 'failed' });
    expect((await demo.work({ title: 'A', description: 'demo: nothing' })).usage.size).toBe(0);
    expect((await demo.work({ title: 'A', description: 'demo: flaky' })).reason).toBe('finished');
    const failure = demo.failedGate() ?? '';
    expect(failure).toContain('item 42 holds');
    await demo.work({ title: 'A', description: 'demo: flaky' }, { attempt: '2', failure });
    expect(demo.failedGate()).toBeNull();
  });

  it('approves as a reviewer what has tests that pass, and rejects the rest', async () => {
    const demo = new Demo();
    demo.git('checkout', '-q', '-b', 'work');
    const item = demoItem('Round prices to the cent');
    expect(await demo.work(item, { role: 'qa' })).toMatchObject({
      reason: 'finished',
      verdict: 'reject',
      verdictReason: 'nothing was changed',
    });
    await demo.work(item);
    expect(await demo.work(item, { role: 'qa' })).toMatchObject({ verdict: 'reject' });
    await demo.work(item, { failure: demo.failedGate() ?? '' });
    expect(await demo.work(item, { role: 'qa' })).toMatchObject({ reason: 'finished', verdict: 'approve' });
    writeFileSync(join(demo.root, 'src/products.js'), 'export const nothing = 0;\n');
    expect(await demo.work(item, { role: 'qa' })).toMatchObject({ verdict: 'reject' });
  });
});

describe('keeping both sides of a conflict', () => {
  const lines = fc.array(fc.stringMatching(/^[a-z ]{0,8}$/), { maxLength: 6 });

  it('loses no line of either side, and leaves no marker', () => {
    fc.assert(
      fc.property(lines, lines, lines, lines, fc.boolean(), (before, ours, theirs, after, diff3) => {
        const base = diff3 ? ['||||||| base', 'gone'] : [];
        const text = [...before, '<<<<<<< HEAD', ...ours, ...base, '=======', ...theirs, '>>>>>>> main', ...after].join('\n');
        expect(hasConflict(text)).toBe(true);
        const result = keepBoth(text).split('\n');
        expect(hasConflict(keepBoth(text))).toBe(false);
        expect(result.slice(0, before.length + ours.length)).toEqual([...before, ...ours]);
        for (const line of [...theirs, ...after]) expect(result).toContain(line);
      }),
    );
  });

  it('gives up where the markers make no sense', () => {
    expect(() => keepBoth('<<<<<<< a\n<<<<<<< b\n')).toThrow(Unresolvable);
    expect(() => keepBoth('<<<<<<< a\nx')).toThrow(Unresolvable);
  });
});
