import { join } from 'node:path';

/** What a run's own directory holds. The directory is 0700, the files 0600. */
export interface RunFiles {
  readonly dir: string;
  readonly prompt: string;
  readonly systemPrompt: string;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Written by the wrapper: its own process id, at the start. */
  readonly pid: string;
  /** Written by the wrapper: the program's exit code, at the end, by a rename. */
  readonly exit: string;
  /** Written by Musher before it stops the run, so that a restart in between knows why it ended. */
  readonly stop: string;
  /** What people say to the run while it works, for programs that read it. */
  readonly told: string;
  /** Where the program reaches Musher, with its token. */
  readonly mcp: string;
  /** What a later reader needs to make sense of the output. */
  readonly meta: string;
}

/** The files of a run, below its own directory. */
export function runFiles(dir: string): RunFiles {
  return {
    dir,
    prompt: join(dir, 'prompt.md'),
    systemPrompt: join(dir, 'system-prompt.md'),
    stdin: join(dir, 'stdin'),
    stdout: join(dir, 'stdout'),
    stderr: join(dir, 'stderr'),
    pid: join(dir, 'pid'),
    exit: join(dir, 'exit'),
    mcp: join(dir, 'mcp.json'),
    told: join(dir, 'told.jsonl'),
    stop: join(dir, 'stop.json'),
    meta: join(dir, 'run.json'),
  };
}
