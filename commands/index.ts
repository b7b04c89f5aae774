import type { Command } from '../src/bot/command.ts';
import { accounts } from './agents/accounts.ts';
import { agents } from './agents/agents.ts';
import { accept } from './pipeline/accept.ts';
import { allow } from './requests/allow.ts';
import { answer } from './requests/answer.ts';
import { approve } from './pipeline/approve.ts';
import { assign } from './agents/assign.ts';
import { backup } from './musher/backup.ts';
import { backlog } from './look/backlog.ts';
import { blocked } from './find/blocked.ts';
import { budget } from './budget/budget.ts';
import { check } from './items/check.ts';
import { cost } from './budget/cost.ts';
import { comment } from './items/comment.ts';
import { create } from './items/create.ts';
import { deleteCommand } from './items/delete.ts';
import { deny } from './requests/deny.ts';
import { depends } from './items/depends.ts';
import { diff } from './look/diff.ts';
import { digest } from './look/digest.ts';
import { dump } from './musher/dump.ts';
import { edit } from './items/edit.ts';
import { graph } from './look/graph.ts';
import { git } from './look/git.ts';
import { health } from './musher/health.ts';
import { help } from './musher/help.ts';
import { history } from './look/history.ts';
import { htop } from './musher/htop.ts';
import { label } from './items/label.ts';
import { labels } from './find/labels.ts';
import { logs } from './look/logs.ts';
import { model } from './agents/model.ts';
import { more } from './look/more.ts';
import { mine } from './find/mine.ts';
import { move } from './pipeline/move.ts';
import { panic } from './brakes/panic.ts';
import { pause } from './brakes/pause.ts';
import { ping } from './musher/ping.ts';
import { priority } from './items/priority.ts';
import { project } from './rooms/project.ts';
import { report } from './look/report.ts';
import { reload } from './musher/reload.ts';
import { restart } from './musher/restart.ts';
import { reject } from './pipeline/reject.ts';
import { restore } from './pipeline/restore.ts';
import { requests } from './requests/requests.ts';
import { resume } from './brakes/resume.ts';
import { retry } from './pipeline/retry.ts';
import { rooms } from './rooms/rooms.ts';
import { search } from './find/search.ts';
import { show } from './look/show.ts';
import { snapshots } from './look/snapshots.ts';
import { start } from './pipeline/start.ts';
import { status } from './look/status.ts';
import { stop } from './pipeline/stop.ts';
import { supersede } from './pipeline/supersede.ts';
import { subscribe } from './rooms/subscribe.ts';
import { tell } from './pipeline/tell.ts';
import { unlabel } from './items/unlabel.ts';
import { unblock } from './pipeline/unblock.ts';
import { today } from './find/today.ts';
import { timer } from './timers/timer.ts';
import { timerCancel } from './timers/timer-cancel.ts';
import { every } from './timers/every.ts';
import { routineCancel } from './timers/routine-cancel.ts';
import { routineList } from './timers/routine-list.ts';
import { timerList } from './timers/timer-list.ts';
import { undo } from './pipeline/undo.ts';
import { unsubscribe } from './rooms/unsubscribe.ts';
import { version } from './musher/version.ts';
import { waiting } from './find/waiting.ts';
import { web } from './rooms/web.ts';
import { webRevoke } from './rooms/web-revoke.ts';
import { webSessions } from './rooms/web-sessions.ts';
import { whoami } from './rooms/whoami.ts';
import { why } from './look/why.ts';

/** All commands, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  help,
  status,
  digest,
  mine,
  waiting,
  blocked,
  today,
  search,
  labels,
  backlog,
  show,
  why,
  history,
  logs,
  diff,
  report,
  more,
  snapshots,
  graph,
  cost,
  budget,
  agents,
  accounts,
  git,
  htop,
  health,
  create,
  edit,
  comment,
  check,
  depends,
  assign,
  model,
  priority,
  label,
  unlabel,
  start,
  stop,
  tell,
  pause,
  resume,
  panic,
  move,
  supersede,
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
  every,
  routineList,
  routineCancel,
  restore,
  undo,
  deleteCommand,
  backup,
  dump,
  reload,
  restart,
  project,
  rooms,
  subscribe,
  unsubscribe,
  web,
  webSessions,
  webRevoke,
  whoami,
  ping,
  version,
];
