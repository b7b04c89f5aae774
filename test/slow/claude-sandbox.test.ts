import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { dirname } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { installAgent } from '../../scripts/install-agent.ts';
import { type Bench, create, succeeded } from '../e2e/harness.ts';
import { startMessagesApi } from '../fakes/messages-api.ts';
import type { ModelServer } from '../fakes/model-server.ts';
import { MISSING, sandboxedBench } from '../security/sandboxed.ts';

// The real Claude Code in the sandbox: it reaches its model through the proxy alone, works with the worktree's git, and
// keeps its session in a folder of the project's.

let claude = '';
let bench: Bench;
let api: ModelServer;
let door: Server;
beforeAll(() => {
  claude = installAgent('claude');
});
afterEach(async () => {
  await api.close();
  await new Promise((resolve) => {
    door.close(resolve);
  });
  await bench.close();
});

test.skipIf(MISSING !== null)('Claude Code commits in the sandbox, and the commit is merged', async () => {
  const bash = (command: string) => ({ kind: 'tool', tool: 'Bash', input: { command, description: 'x' } }) as const;
  api = await startMessagesApi([
    bash('echo priced > price.txt && git add price.txt && git commit -qm priced'),
    { kind: 'text', text: 'All done.' },
  ]);
  const { port } = new URL(api.url);
  // Another address of the loopback interface: programs leave the proxy out for the usual one.
  door = createServer((client) => {
    const far = connect(Number(port), '127.0.0.1');
    client.on('error', () => far.destroy()).pipe(far);
    far.on('error', () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => {
    door.listen(0, '127.0.0.2', resolve);
  });
  const address = `127.0.0.2:${(door.address() as AddressInfo).port}`;
  bench = sandboxedBench(
    {
      gates: { test: 'grep -q priced price.txt' },
      agents: {},
      sections: [
        '[[agent]]',
        'name = "coder-1"',
        'stage = "current"',
        'runtime = "claude"',
        `command = [${JSON.stringify(claude)}]`,
        'model = "claude-sonnet-4-5"',
        'allowed_tools = ["Bash"]',
        `env = { ANTHROPIC_BASE_URL = "http://${address}", ANTHROPIC_API_KEY = "sk-ant-fake", DISABLE_TELEMETRY = "1", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC = "1" }`,
        '',
      ].join('\n'),
    },
    { hosts: [address], read: [dirname(claude)] },
  );
  succeeded(await bench.run(create('Prices'), 'start 1', 'wait 1 done 110'));
  expect(bench.filesAt('main')).toMatchObject({ 'price.txt': 'priced' });
  expect(bench.runs(1)[0]).toMatchObject({ reason: 'finished', session: expect.any(String) as string });
});
