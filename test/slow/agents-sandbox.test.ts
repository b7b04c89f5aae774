import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { agentProgram } from '../../scripts/install-agent.ts';
import { type Bench, create, succeeded, until } from '../e2e/harness.ts';
import { startGeminiApi } from '../fakes/gemini-api.ts';
import { startMessagesApi } from '../fakes/messages-api.ts';
import type { Answer, ModelServer } from '../fakes/model-server.ts';
import { startResponsesApi } from '../fakes/responses-api.ts';
import { write } from '../git/owner.ts';
import { MISSING, sandboxedBench } from '../security/sandboxed.ts';

// The real programs in the sandbox: they reach their models through the proxy alone, work with the worktree's git, and find the
// session that they go on with in a folder of the run's own.

interface Real {
  readonly runtime: 'claude' | 'codex' | 'opencode' | 'gemini';
  readonly model: string;
  readonly tool: string;
  readonly key: string;
  /** How its model calls Musher's tool. */
  readonly verdict: string;
  readonly startApi: (script: readonly Answer[]) => Promise<ModelServer>;
  readonly env: (url: string) => Record<string, string>;
  readonly command?: (url: string) => readonly string[];
  /** Further lines of the agent's section. */
  readonly keys?: readonly string[];
  /** A person's settings, below the home. */
  readonly homeFile?: readonly [string, string];
}

const REAL: readonly Real[] = [
  {
    runtime: 'claude',
    model: 'claude-sonnet-4-5',
    tool: 'Bash',
    key: 'command',
    verdict: 'mcp__musher__verdict',
    startApi: startMessagesApi,
    env: (url) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: 'sk-ant-fake',
      DISABLE_TELEMETRY: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
    keys: ['allowed_tools = ["Bash"]'],
  },
  {
    runtime: 'codex',
    model: 'gpt-5',
    tool: 'exec_command',
    key: 'cmd',
    verdict: 'mcp__musher.verdict',
    startApi: startResponsesApi,
    env: () => ({ CODEX_API_KEY: 'sk-fake' }),
    command: (url) =>
      Object.entries({ name: 'scripted', base_url: `${url}/v1`, wire_api: 'responses', env_key: 'CODEX_API_KEY' })
        .flatMap(([key, value]) => ['--config', `model_providers.scripted.${key}=${JSON.stringify(value)}`])
        .concat('--config', 'model_provider="scripted"'),
  },
  {
    runtime: 'opencode',
    model: 'anthropic/claude-sonnet-4-5',
    tool: 'bash',
    key: 'command',
    verdict: 'musher_verdict',
    startApi: startMessagesApi,
    env: (url) => ({
      OPENCODE_CONFIG_CONTENT: JSON.stringify({ provider: { anthropic: { options: { baseURL: `${url}/v1`, apiKey: 'sk-fake' } } } }),
      OPENCODE_DISABLE_MODELS_FETCH: '1',
    }),
  },
  {
    runtime: 'gemini',
    model: 'gemini-2.5-pro',
    tool: 'run_shell_command',
    key: 'command',
    verdict: 'mcp_musher_verdict',
    startApi: startGeminiApi,
    env: (url) => ({ GEMINI_API_KEY: 'fake-key', GOOGLE_GEMINI_BASE_URL: url }),
    homeFile: ['.gemini/settings.json', '{"security":{"auth":{"selectedType":"gemini-api-key"}}}'],
  },
];

/** Another address of the loopback interface: programs leave the proxy out for the usual one. */
async function doorTo(api: ModelServer): Promise<{ readonly door: Server; readonly address: string }> {
  const door = createServer((client) => {
    const far = connect(Number(new URL(api.url).port), '127.0.0.1');
    client.on('error', () => far.destroy()).pipe(far);
    far.on('error', () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => {
    door.listen(0, '127.0.0.2', resolve);
  });
  return { door, address: `127.0.0.2:${(door.address() as AddressInfo).port}` };
}

const base = { dir: '' };
// Not below `/tmp`, from where Gemini CLI takes no settings, nor beside the programs, which the sandbox lets agents read.
beforeAll(() => {
  base.dir = mkdtempSync(join(userInfo().homedir, '.musher-agents-'));
  vi.stubEnv('TMPDIR', base.dir);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(base.dir, { recursive: true, force: true });
});

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

describe('a program of its own in the sandbox', () => {
  it.skipIf(MISSING !== null)(`reads what it is told, in a file that it can’t change${MISSING ?? ''}`, async () => {
    const bench = sandboxedBench({});
    open.push(() => bench.close());
    const musher = bench.start();
    const change = 'tool (echo x >> "$MUSHER_TOLD_FILE" || rm "$MUSHER_TOLD_FILE") 2>/dev/null && touch changed';
    musher.type(create('Cart', `coder: raise there; hear heard; ${change}; write a.txt a; commit; success`), 'start 1');
    await until(() => bench.raised('there') && bench.only('run.started', 1).length === 1);
    musher.type('tell 1 use the old API', 'wait 1 done 110');
    succeeded(await musher.end());
    expect(JSON.parse(bench.flag('heard') ?? '{}')).toMatchObject({ type: 'told', from: 'local', text: 'use the old API' });
    expect(bench.only('run.heard', 1)).toHaveLength(1);
    expect(Object.keys(bench.filesAt('main'))).not.toContain('changed');
  });
});

describe.each(REAL)('$runtime in the sandbox', ({ runtime, model, tool, key, verdict, startApi, env, command, keys = [], homeFile }) => {
  const { file, missing } = agentProgram(runtime);
  const why = MISSING ?? missing ?? '';
  const shell = (line: string): Answer => ({ kind: 'tool', tool, input: { [key]: line, description: 'x' } });
  const WORK = 'echo priced > price.txt && git add price.txt && git commit -qm priced';

  /** What the model of the last scene was asked. */
  let asked: ModelServer['requests'] = [];

  /** A project whose agent is the real program, with a model that gives these answers. */
  async function scene(answers: (flags: string) => readonly Answer[], stage: 'current' | 'qa' = 'current'): Promise<Bench> {
    const flags = { dir: '' };
    const script: Answer[] = [];
    const api = await startApi(script);
    asked = api.requests;
    open.push(() => api.close());
    const { door, address } = await doorTo(api);
    open.push(() => new Promise((resolve) => door.close(resolve)));
    const url = `http://${address}`;
    const variables = Object.entries(env(url)).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
    const bench: Bench = sandboxedBench(
      {
        top: stage === 'qa' ? 'qa = "agent"\nmax_retries = 0' : '',
        gates: stage === 'qa' ? {} : { test: 'grep -q priced price.txt' },
        agents: stage === 'qa' ? { coder: 'current' } : {},
        sections: [
          '[[agent]]',
          `name = "${stage === 'qa' ? 'reviewer' : 'coder-1'}"`,
          `stage = "${stage}"`,
          `runtime = "${runtime}"`,
          `command = ${JSON.stringify([file, ...(command?.(url) ?? [])])}`,
          `model = "${model}"`,
          ...keys,
          `env = { ${variables.join(', ')} }`,
          '',
        ].join('\n'),
      },
      { hosts: [address], read: [dirname(dirname(file))] },
    );
    open.push(() => bench.close());
    flags.dir = bench.flags;
    script.push(...answers(flags.dir));
    if (homeFile !== undefined) write(join(bench.dir, 'home'), { [homeFile[0]]: homeFile[1] });
    return bench;
  }

  it.skipIf(MISSING !== null || missing !== null)(`commits, and the commit is merged${why}`, async () => {
    const bench = await scene(() => [shell(WORK), { kind: 'text', text: 'All done.' }]);
    succeeded(await bench.run(create('Prices'), 'start 1', 'wait 1 done 110'));
    expect(bench.filesAt('main')).toMatchObject({ 'price.txt': 'priced' });
    expect(bench.runs(1)[0]).toMatchObject({ reason: 'finished', session: expect.any(String) as string });
  });

  it.skipIf(MISSING !== null || missing !== null)(`goes on in its session after a stop${why}`, async () => {
    const bench = await scene((flags) => [shell(`touch '${flags}/busy' && sleep 300`), shell(WORK), { kind: 'text', text: 'All done.' }]);
    const musher = bench.start();
    musher.type(create('Prices'), 'start 1');
    await until(() => bench.raised('busy'));
    musher.type('stop 1');
    await until(() => bench.runs(1)[0]?.state === 'ended');
    // What a stopped run of Gemini CLI has used is not known, and counts as all that there was.
    const more = runtime === 'gemini' ? ['budget 1 +30usd', 'yes'] : [];
    musher.type(...more, 'start 1', 'wait 1 done 110');
    succeeded(await musher.end());
    const [first, second] = bench.runs(1);
    expect(first?.session).toEqual(expect.any(String));
    expect(second).toMatchObject({ reason: 'finished', session: first?.session });
  });

  it.skipIf(MISSING !== null || missing !== null)(
    `is interrupted for what people tell it, and goes on in its session with the words${why}`,
    async () => {
      const bench = await scene((flags) => [shell(`touch '${flags}/busy' && sleep 300`), shell(WORK), { kind: 'text', text: 'All done.' }]);
      const musher = bench.start();
      musher.type(create('Prices'), 'start 1');
      await until(() => bench.raised('busy'));
      musher.type('tell 1 the old API, please');
      await musher.said(/is interrupted and continues with your words/);
      await until(() => bench.runs(1)[0]?.state === 'ended');
      const more = runtime === 'gemini' ? ['budget 1 +30usd', 'yes'] : [];
      musher.type(...more, 'wait 1 done 110');
      succeeded(await musher.end());
      const [first, second] = bench.runs(1);
      expect(second).toMatchObject({ reason: 'finished', session: first?.session, attempt: first?.attempt });
      expect(asked.filter(({ body }) => body.includes('the old API, please')).length).toBeGreaterThan(0);
      expect(asked[0]?.body).not.toContain('the old API');
      expect(bench.only('run.heard', 1).map(({ actor, payload }) => `${actor} ${payload.run}`)).toEqual(['agent:coder-1 2']);
    },
  );

  // It has to connect to Musher once, when it begins: another client of the same run gives no verdict.
  it.skipIf(MISSING !== null || missing !== null)(`gives its verdict over its own connection${why}`, async () => {
    const bench = await scene(
      () => [
        { kind: 'tool', tool: verdict, input: { verdict: 'approve', reason: 'fine' } },
        { kind: 'text', text: 'All done.' },
      ],
      'qa',
    );
    succeeded(await bench.run(create('Prices'), 'start 1', 'wait 1 done 110'));
    expect(bench.only('run.verdict', 1).map(({ payload }) => payload)).toEqual([{ run: 2, verdict: 'approve', reason: 'fine' }]);
  });
});
