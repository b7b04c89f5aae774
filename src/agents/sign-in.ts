import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename } from 'node:path';
import type { AgentSettings } from '../config/settings.ts';
import { childEnvironment } from './environment.ts';
import { RUNTIMES } from './runtimes/index.ts';
import { findRuntime, type Runtime, type SignedIn } from './runtimes/runtime.ts';

/** Longest wait in ms for a program to say whether somebody is signed in: a cold start of a large one takes some seconds. */
const ANSWER_MS = 15_000;

type Asked = Pick<AgentSettings, 'runtime' | 'command' | 'env'>;

/**
 * Whether somebody is signed in to an agent's program, without using a model. Only the program itself is asked: what a
 * wrapper of one's own does with arguments that it does not know, nobody knows. `env` is that of the account.
 */
export async function signedIn(
  { runtime, command: [file = '', ...args], env: own }: Asked,
  env: Readonly<Record<string, string>>,
  musherEnv: Readonly<Record<string, string | undefined>>,
  runtimes: readonly Runtime[] = RUNTIMES,
): Promise<SignedIn> {
  const { command, doctor, needs } = findRuntime(runtimes, runtime);
  if (doctor.signedIn === null || basename(file) !== command?.[0]) return 'unknown';
  const inherit = needs.folders.map(({ variable }) => variable);
  const environment = childEnvironment(musherEnv, { ...own, ...env }, inherit);
  // Only here: most starts of Musher ask nobody.
  const { execa } = await import('execa');
  return doctor.signedIn({
    env: environment,
    args,
    home: environment['HOME'] ?? homedir(),
    read: textOf,
    ask: async (words) => {
      const answer = await execa(file, [...args, ...words], {
        env: environment,
        extendEnv: false,
        cwd: tmpdir(),
        reject: false,
        stdin: 'ignore',
        timeout: ANSWER_MS,
        killDescendants: true,
      });
      return { code: answer.exitCode ?? null, stdout: answer.stdout, stderr: answer.stderr };
    },
  });
}

/** What a person types to sign in for this agent and account; empty where its runtime knows none. */
export function signInWords({ runtime, env: own }: Asked, env: Readonly<Record<string, string>>, runtimes = RUNTIMES): string {
  return findRuntime(runtimes, runtime).doctor.signIn?.({ ...own, ...env }) ?? '';
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
