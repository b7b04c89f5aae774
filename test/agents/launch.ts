import type { Launch, RuntimeOptions } from '../../src/agents/runtimes/runtime.ts';
import { VARIABLES } from './run-fixture.ts';

/** A launch as a runtime gets it, without a start: for tests of the arguments that it makes. */
export function launch(change: Partial<Launch<RuntimeOptions>> = {}): Launch<RuntimeOptions> {
  return {
    command: ['agent'],
    role: 'coder',
    model: null,
    effort: null,
    options: {},
    limits: { turns: null, microUsd: null },
    variables: VARIABLES,
    prompt: '--help',
    systemPrompt: null,
    runDir: '/run',
    promptFile: '/run/prompt.md',
    systemPromptFile: null,
    toldFile: '/run/told.jsonl',
    filesDir: null,
    worktree: '/nowhere',
    gitDirs: [],
    resumeSession: null,
    resumedMicroUsd: 0,
    access: null,
    sandboxed: false,
    ...change,
  };
}
