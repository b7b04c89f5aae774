import type { Command } from '../src/bot/command.ts';
import { assign } from './assign.ts';
import { backlog } from './backlog.ts';
import { check } from './check.ts';
import { create } from './create.ts';
import { depends } from './depends.ts';
import { edit } from './edit.ts';
import { help } from './help.ts';
import { show } from './show.ts';
import { start } from './start.ts';
import { status } from './status.ts';

/** All commands, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [help, status, backlog, show, create, edit, check, depends, assign, start];
