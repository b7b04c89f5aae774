import type { Tool } from '../tool.ts';
import { approve } from './approve.ts';
import { ask } from './ask.ts';
import { runGates } from './gates.ts';
import { gitCommit, gitDiff, gitStatus } from './git.ts';
import { checkCriterion, item } from './item.ts';
import { note, reportBlocker } from './progress.ts';

/** All that an agent can do by MCP. None of them moves a stage, approves, merges or raises a limit. */
export const TOOLS: readonly Tool[] = [item, checkCriterion, runGates, gitStatus, gitDiff, gitCommit, reportBlocker, ask, note, approve];
