import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { installAgent } from '../../scripts/install-agent.ts';
import { identify } from '../../src/agents/process/identity.ts';
import { processesOf } from '../../src/agents/process/table.ts';
import type { RunOutcome } from '../../src/agents/supervision/outcome.ts';
import { readLog } from '../../src/agents/transcript.ts';
import { startRun } from '../../src/agents/supervision/supervisor.ts';
import type { AgentSettings } from '../../src/config/settings.ts';
import { leaveNothingBehind, NO_LIMITS, numberIn, runFixture, until, type RunFixture } from '../agents/run-fixture.ts';
import { startMessagesApi } from '../fakes/messages-api.ts';
import type { Answer, ModelServer } from '../fakes/model-server.ts';
import type { RunHandle, RunSpec } from '../../src/agents/supervision/run-spec.ts';

leaveNothingBehind();

let claude = '';
const open: ModelServer[] = [];
beforeAll(() => {
  claude = installAgent('claude');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((api) => api.close()));
});

const MODEL = 'claude-sonnet-4-5';
const done: Answer = { kind: 'text', text: 'All done.' };
const bash = (command: string, usage = {}): Answer => ({ kind: 'tool', tool: 'Bash', input: { command, description: 'x' }, usage });

interface Scene {
  readonly api: ModelServer;
  readonly fixture: RunFixture;
  readonly repository: string;
}

/** The real program in a fresh repository and an empty home, with a model service that follows the script. */
async function scene(script: readonly Answer[], agent: Partial<AgentSettings> = {}, change: Partial<RunSpec> = {}): Promise<Scene> {
  const api = await startMessagesApi(script);
  open.push(api);
  const settings: Partial<AgentSettings> = {
    runtime: 'claude',
    command: [claude],
    model: MODEL,
    env: {
      ANTHROPIC_BASE_URL: api.url,
      ANTHROPIC_API_KEY: 'sk-ant-fake',
      DISABLE_TELEMETRY: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      GIT_AUTHOR_NAME: 'T',
      GIT_AUTHOR_EMAIL: 't@t',
      GIT_COMMITTER_NAME: 'T',
      GIT_COMMITTER_EMAIL: 't@t',
    },
    ...agent,
  };
  const base = runFixture(settings);
  const home = join(base.spec.worktree, 'home');
  const repository = join(base.spec.worktree, 'repository');
  mkdirSync(home);
  mkdirSync(repository);
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: repository });
  const spec = { ...base.spec, worktree: repository, ownEnv: { ...process.env, HOME: home }, stopGraceMs: 5000, ...change };
  return { api, fixture: { ...base, spec }, repository };
}

async function started({ fixture }: Scene): Promise<RunHandle> {
  const result = await startRun(fixture.spec);
  if (!result.ok) throw result.error;
  return result.value;
}

async function outcomeOf(at: Scene): Promise<RunOutcome> {
  return (await started(at)).ended;
}

function usageOf(count: number): object {
  return { inputTokens: 1000 * count, outputTokens: 50 * count, cacheReadTokens: 200 * count, cacheWriteTokens: 0, microUsd: 3810 * count };
}

describe('the real Claude Code', () => {
  it('writes a file and commits it, and its session, turns, tokens and money are known', async () => {
    const write: Answer = { kind: 'tool', tool: 'Write', input: { file_path: 'hello.txt', content: 'hi\n' } };
    const at = await scene([write, bash('git add -A && git commit -qm hello'), done], {}, { systemPrompt: 'Speak like a shopkeeper.' });
    const outcome = await outcomeOf(at);
    expect(outcome).toMatchObject({ reason: 'finished', exitCode: 0, summary: 'All done.', turns: 3, sessionMissing: false });
    expect(Object.fromEntries(outcome.usage)).toEqual({ [MODEL]: usageOf(3) });
    expect(readFileSync(join(at.repository, 'hello.txt'), 'utf8')).toBe('hi\n');
    expect(execFileSync('git', ['log', '--format=%s'], { cwd: at.repository, encoding: 'utf8' }).trim()).toBe('hello');
    expect(at.fixture.signals.filter(({ kind }) => kind === 'session')).toHaveLength(1);
    expect(at.api.requests[0]?.key).toContain('sk-ant-fake');
    expect(at.api.requests[0]?.body.includes('Do it.')).toBe(true);
    expect(at.api.requests[0]?.body.includes('Speak like a shopkeeper.')).toBe(true);
    expect((await readLog(at.fixture.spec.runDir, 2)).at(-1)).toBe('= success: All done.');
  });

  it('meters the money of each answer before the next request is made', async () => {
    const at = await scene([bash('ls'), { kind: 'stall' }]);
    const run = await started(at);
    await until(() => at.api.requests.length === 2);
    await until(() => at.fixture.signals.some((signal) => signal.kind === 'usage' && signal.usage.microUsd === 3810));
    run.stop('stopped', 'Stopped.');
    expect(Object.fromEntries((await run.ended).usage)).toEqual({ [MODEL]: usageOf(1) });
  });

  it('continues with a session, and counts only what the new run used', async () => {
    const first = await scene([done]);
    await outcomeOf(first);
    const session = first.fixture.signals.find((signal) => signal.kind === 'session');
    const spec = {
      ...first.fixture.spec,
      runDir: `${first.fixture.spec.runDir}-2`,
      resumeSession: session?.kind === 'session' ? session.id : '',
    };
    const outcome = await outcomeOf({ ...first, fixture: { ...first.fixture, spec } });
    expect(outcome).toMatchObject({ reason: 'finished', sessionMissing: false });
    expect(Object.fromEntries(outcome.usage)).toEqual({ [MODEL]: usageOf(1) });
    expect(first.api.requests[1]?.body.includes('All done.')).toBe(true);
  });

  it('says that a session is not there', async () => {
    const outcome = await outcomeOf(await scene([done], {}, { resumeSession: '11111111-1111-4111-8111-111111111111' }));
    expect(outcome).toMatchObject({ reason: 'failed', sessionMissing: true });
  });

  it('is ended at the first refusal of its key', async () => {
    const at = await scene([{ kind: 'error', status: 401, type: 'authentication_error', message: 'invalid x-api-key' }]);
    const before = Date.now();
    const outcome = await outcomeOf(at);
    expect(outcome).toMatchObject({ reason: 'signed-out', summary: expect.stringContaining('401') });
    expect(at.api.requests.length).toBeLessThanOrEqual(3);
    expect(Date.now() - before).toBeLessThan(20_000);
  });

  it('waits for a rate limit that is short, and ends with one that is long', async () => {
    const limit = (retryAfter: number): Answer => ({ kind: 'error', status: 429, type: 'rate_limit_error', message: 'limit', retryAfter });
    expect(await outcomeOf(await scene([limit(1), done]))).toMatchObject({ reason: 'finished' });
    const long = await scene([limit(3600)]);
    expect(await outcomeOf(long)).toMatchObject({ reason: 'rate-limited', resumeAt: null });
    expect(long.fixture.signals).toContainEqual(expect.objectContaining({ kind: 'rate-limited' }));
  });

  it('is stopped when it has used more tokens than it may, which its own options do not know', async () => {
    const at = await scene([bash('ls', { input: 100_000 }), { kind: 'stall' }], { limits: { ...NO_LIMITS, tokens: 50_000 } });
    expect(await outcomeOf(at)).toMatchObject({ reason: 'over-budget', summary: { kind: 'over-limit', unit: 'tokens', cap: 50_000 } });
  });

  it('is stopped, or stops itself, over its money', async () => {
    const at = await scene([bash('ls', { input: 100_000 }), bash('ls'), done], { limits: { ...NO_LIMITS, microUsd: 100_000 } });
    const outcome = await outcomeOf(at);
    expect(outcome.reason).toBe('over-budget');
    expect(outcome.usage.get(MODEL)?.microUsd).toBeGreaterThan(300_000);
  });

  it('ends at its number of turns', async () => {
    const outcome = await outcomeOf(await scene([bash('ls')], { limits: { ...NO_LIMITS, turns: 2 } }));
    expect(outcome).toMatchObject({ reason: 'over-budget', turns: 2 });
  });

  it('leaves no process when it is stopped in the middle of a tool, nor what the tool started', async () => {
    const at = await scene([bash('bash busy.sh'), done], { options: { allowed_tools: ['Bash'] } });
    writeFileSync(
      join(at.repository, 'busy.sh'),
      '(trap "" TERM; echo $BASHPID > far; exec setsid sleep 300) &\necho $$ > near\nsleep 300\n',
    );
    const run = await started(at);
    const [near, far] = [join(at.repository, 'near'), join(at.repository, 'far')];
    await until(() => numberIn(near) > 0 && numberIn(far) > 0);
    run.stop('stopped', 'Stopped by anna.');
    expect(await run.ended).toMatchObject({ reason: 'stopped', summary: 'Stopped by anna.' });
    expect(identify(numberIn(near))).toBeNull();
    expect(identify(numberIn(far))).toBeNull();
    expect(await processesOf({ marker: at.fixture.spec.marker, pid: run.pid, pidStart: run.pidStart })).toEqual([]);
  });

  it('is stopped when the model goes silent', async () => {
    const at = await scene([{ kind: 'stall' }], { limits: { ...NO_LIMITS, silenceMs: 600_000 } });
    const run = await started(at);
    await until(() => at.api.requests.length === 1);
    at.fixture.clock.jump(600_000);
    expect(await run.ended).toMatchObject({ reason: 'stuck', summary: { kind: 'no-output', ms: 600_000 } });
  });

  it('takes nothing from a settings file in the worktree, unless its command asks for that', async () => {
    const hooked = async (command: readonly string[]): Promise<boolean> => {
      const at = await scene([bash('curl -s http://127.0.0.1:1'), done], { command });
      const hook = { matcher: 'Bash', hooks: [{ type: 'command', command: 'touch hooked' }] };
      mkdirSync(join(at.repository, '.claude'));
      writeFileSync(
        join(at.repository, '.claude/settings.json'),
        JSON.stringify({ permissions: { allow: ['Bash'] }, hooks: { PreToolUse: [hook] } }),
      );
      expect(await outcomeOf(at)).toMatchObject({ reason: 'finished' });
      expect(at.api.requests[1]?.body.includes('This command requires approval')).toBe(true);
      return existsSync(join(at.repository, 'hooked'));
    };
    expect(await hooked([claude])).toBe(false);
    expect(await hooked([claude, '--setting-sources', 'user,project'])).toBe(true);
  });

  it('lets a reviewer write nothing, and gives its verdict', async () => {
    const write: Answer = { kind: 'tool', tool: 'Write', input: { file_path: 'hello.txt', content: 'hi\n' } };
    const at = await scene([write, { kind: 'text', text: 'Well.\n\nVERDICT: reject no tests' }], { role: 'qa', stage: 'qa' });
    expect(await outcomeOf(at)).toMatchObject({ reason: 'finished', verdict: 'reject', verdictReason: 'no tests' });
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: at.repository, encoding: 'utf8' })).toBe('');
  });
});
