import type { Command } from '../src/bot/command.ts';
import { accept } from './accept.ts';
import { allow } from './allow.ts';
import { answer } from './answer.ts';
import { approve } from './approve.ts';
import { assign } from './assign.ts';
import { backup } from './backup.ts';
import { backlog } from './backlog.ts';
import { budget } from './budget.ts';
import { check } from './check.ts';
import { cost } from './cost.ts';
import { create } from './create.ts';
import { deleteCommand } from './delete.ts';
import { deny } from './deny.ts';
import { depends } from './depends.ts';
import { diff } from './diff.ts';
import { dump } from './dump.ts';
import { edit } from './edit.ts';
import { git } from './git.ts';
import { health } from './health.ts';
import { help } from './help.ts';
import { history } from './history.ts';
import { htop } from './htop.ts';
import { logs } from './logs.ts';
import { move } from './move.ts';
import { ping } from './ping.ts';
import { project } from './project.ts';
import { reject } from './reject.ts';
import { restore } from './restore.ts';
import { requests } from './requests.ts';
import { retry } from './retry.ts';
import { rooms } from './rooms.ts';
import { show } from './show.ts';
import { snapshots } from './snapshots.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { subscribe } from './subscribe.ts';
import { unblock } from './unblock.ts';
import { timer } from './timer.ts';
import { timerCancel } from './timer-cancel.ts';
import { timerList } from './timer-list.ts';
import { undo } from './undo.ts';
import { unsubscribe } from './unsubscribe.ts';
import { version } from './version.ts';
import { whoami } from './whoami.ts';
import { why } from './why.ts';

/** All commands, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  help,
  status,
  backlog,
  show,
  why,
  history,
  logs,
  diff,
  snapshots,
  cost,
  budget,
  git,
  htop,
  health,
  create,
  edit,
  check,
  depends,
  assign,
  start,
  stop,
  move,
  approve,
  reject,
  accept,
  requests,
  allow,
  deny,
  answer,
  unblock,
  retry,
  timer,
  timerList,
  timerCancel,
  restore,
  undo,
  deleteCommand,
  backup,
  dump,
  project,
  rooms,
  subscribe,
  unsubscribe,
  whoami,
  ping,
  version,
];
