import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startRun } from '../../src/agents/supervision/supervisor.ts';
import { leaveNothingBehind, runFixture } from './run-fixture.ts';

leaveNothingBehind();

const DOC = readFileSync(new URL('../../docs/runtimes.md', import.meta.url), 'utf8');
const PATCH = '--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-old\n+new\n';

it('runs the shell agent of docs/runtimes.md as it stands there', async () => {
  const { spec, said } = runFixture();
  const [bin, repository] = [join(spec.worktree, 'bin'), join(spec.worktree, 'repository')];
  mkdirSync(bin);
  mkdirSync(repository);
  const script = /```sh\n([\s\S]*?)```/.exec(DOC)?.[1] ?? '';
  writeFileSync(join(bin, 'agent.sh'), script);
  // The model of the example: reads the prompt, answers with a patch.
  writeFileSync(join(bin, 'my-model'), `#!/bin/sh\ngrep -q "Do it" && printf '%s' '${PATCH}'\n`);
  for (const name of ['agent.sh', 'my-model']) chmodSync(join(bin, name), 0o755);
  const identity = { GIT_AUTHOR_NAME: 'T', GIT_AUTHOR_EMAIL: 't@t', GIT_COMMITTER_NAME: 'T', GIT_COMMITTER_EMAIL: 't@t' };
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: repository, encoding: 'utf8', env: { ...process.env, ...identity } }).trim();
  git('init', '-q');
  writeFileSync(join(repository, 'a.txt'), 'old\n');
  git('add', '-A');
  git('commit', '-q', '-m', 'first');

  const agent = { ...spec.agent, command: ['agent.sh'], env: identity };
  const ownEnv = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const run = await startRun({ ...spec, agent, ownEnv, worktree: repository });
  if (!run.ok) throw run.error;
  const outcome = await run.value.ended;
  expect(outcome).toMatchObject({ reason: 'finished', summary: 'applied the patch' });
  expect(outcome.usage.get('my-model')).toMatchObject({ inputTokens: 1200, outputTokens: 300, microUsd: 10_000 });
  expect(said()).toEqual(['working on item 42']);
  expect(git('log', '--format=%s', '-1')).toBe('Round prices');
  expect(git('status', '--porcelain')).toBe('');
});

it('names in docs/runtimes.md every variable that an agent is given', async () => {
  const { spec, said } = runFixture({ command: ['/usr/bin/env'], model: 'm' }, { systemPrompt: 's', resumeSession: 'x' });
  const run = await startRun(spec);
  if (!run.ok) throw run.error;
  await run.value.ended;
  const names = said().flatMap((line) => /^(MUSHER_\w+)=/.exec(line)?.[1] ?? []);
  expect(names.length).toBeGreaterThan(12);
  expect(names.filter((name) => !DOC.includes(`\`${name}\``))).toEqual([]);
});
