import { claudeRuntime } from './claude/claude.ts';
import { codexRuntime } from './codex/codex.ts';
import { commandRuntime } from './command/command.ts';
import { geminiRuntime } from './gemini/gemini.ts';
import { opencodeRuntime } from './opencode/opencode.ts';
import type { Runtime } from './runtime.ts';

/** Every runtime. The first one reads plain text too: it shows output whose runtime is not known any more. */
export const RUNTIMES: readonly Runtime[] = [commandRuntime, claudeRuntime, codexRuntime, opencodeRuntime, geminiRuntime];

/** What `init` writes into a new project, and the examples show. */
export const SUGGESTED: Runtime = claudeRuntime;
