import type { Tool } from '../tool.ts';
import { approve } from './approve.ts';
import { ask } from './ask.ts';
import { runGates } from './gates.ts';
import { gitCommit, gitDiff, gitStatus } from './git.ts';
import { checkCriterion, item } from './item.ts';
import { note, reportBlocker } from './progress.ts';
import { report } from './report.ts';
import { verdict } from './verdict.ts';

/** Everything that an agent can do over MCP. None of them moves a stage, merges or raises a limit; a reviewer's verdict takes effect when its run has ended. */
export const TOOLS: readonly Tool[] = [
  item,
  checkCriterion,
  runGates,
  gitStatus,
  gitDiff,
  gitCommit,
  verdict,
  report,
  reportBlocker,
  ask,
  note,
  approve,
];
