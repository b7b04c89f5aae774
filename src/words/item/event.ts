import { actorName, type NameOf } from '../../pipeline/actor.ts';
import { outageWords } from '../outage.ts';
import type { ItemEvents, LoggedEvent, OtherEvents, Receipt } from '../../pipeline/events.ts';
import { amountWords, lineWords, ownerOf, usedOf } from '../budget.ts';
import { requestName, type RequestEnd } from '../../pipeline/requests.ts';
import { money, tokens, counted } from '../amounts.ts';
import type { Leftover, RemovalNote, SetAside } from '../../pipeline/why/removal.ts';
import { causeWords, isPersonsAct, PERSON_DID } from './causes.ts';
import { archivedAs, firstLine, shortCommit, stageWords } from './item.ts';
import { unaskedWords } from './request.ts';
import { filesAdded } from '../files/files.ts';
import { endWords } from './run.ts';
import { duration } from '../time.ts';
import { withoutPaths } from '../paths.ts';
import { totalTokens } from '../../pipeline/usage.ts';
import { errandWords, failureWords, faultWords } from './faults.ts';

const ROUTINE_BECAME = { run: 'ran', skipped: 'skipped', overlap: 'skipped busy', missed: 'missed' } as const;

/** What an event says, as it follows the name of who did it: `moved it to qa: the gates passed`. */
export function eventWords(event: LoggedEvent, nameOf: NameOf): string {
  switch (event.kind) {
    case 'item.created':
      return `created it as a ${event.payload.type}`;
    case 'item.edited':
      return edited(event.payload);
    case 'item.criterion_set':
      return `${event.payload.checked ? 'checked' : 'unchecked'} criterion ${event.payload.index + 1}`;
    case 'item.dependencies_set':
      return event.payload.dependsOn.length === 0 ? 'cleared its dependencies' : `made it depend on ${numbered(event.payload.dependsOn)}`;
    case 'item.assigned':
      return event.payload.agent === null ? 'opened it to any agent' : `assigned it to ${event.payload.agent}`;
    case 'item.told':
      return event.payload.takesBack === undefined ? because('told its agent', event.payload.text) : 'took back what was said to its agent';
    case 'item.commented':
      return because('commented', event.payload.text);
    case 'item.files_added':
      return event.payload.takesBack === undefined ? filesAdded(event.payload.files) : 'took back the files';
    case 'item.climbed':
      return climbedWords(event.payload);
    case 'item.seconded':
      return `confirmed ${event.payload.words} for ${nameOf(event.payload.askedBy)}`;
    case 'run.heard':
      return `read what people said (${counted(event.payload.told.length, 'message')}) in run ${event.payload.run}`;
    case 'item.queued':
      return event.payload.queued ? 'queued it' : 'removed it from the queue';
    case 'item.moved':
      return movedWords(event.payload, nameOf);
    case 'item.held':
      return because('stopped it', causeWords(event.payload.why, ''));
    case 'item.released':
      return 'resumed it';
    case 'item.accepted':
      return because(`approved ${shortCommit(event.payload.head)}`, event.payload.reason ?? '');
    case 'item.attempts_reset':
      return because('reset its failed attempts', causeWords(event.payload.why, ''));
    case 'item.attempt_failed':
      return because(
        `counted attempt ${event.payload.attempt} in ${event.payload.stage} as failed`,
        faultWords(event.payload.failure.summary, nameOf),
      );
    case 'item.work_seen':
      return `saw ${counted(event.payload.work.commitsAhead, 'commit')} on its branch, at ${shortCommit(event.payload.work.head)}`;
    case 'item.undone':
      return `undid ${event.payload.words === '' ? 'a command' : event.payload.words}`;
    case 'item.put_back':
      return `moved it back to ${stageWords(event.payload.standing.stage)}${event.payload.standing.held === null ? '' : ', stopped'}`;
    case 'item.restore_asked':
      return `asked to restore snapshot ${event.payload.snapshot}`;
    case 'item.restored':
      return `restored snapshot ${event.payload.snapshot}, at ${shortCommit(event.payload.head)}${event.payload.kept === null ? '' : `; the state before it is kept as ${event.payload.kept}`}`;
    case 'item.undo_asked':
      return because('asked to revert its merge', event.payload.reason);
    case 'item.found_merged':
      return `found it merged as ${shortCommit(event.payload.mergeCommit)} on the base branch after a restore`;
    case 'item.found_undone':
      return `found its merge reverted by ${shortCommit(event.payload.commit)} on the base branch after a restore`;
    case 'undo.attempted':
      return event.payload.commit === null
        ? 'found that the base branch had moved and is retrying the revert'
        : `prepared the revert of ${shortCommit(event.payload.merge)} as ${shortCommit(event.payload.commit)}`;
    case 'item.errand_failed':
      return because(
        event.payload.errand === 'undo' ? 'could not revert its merge' : 'could not restore the snapshot',
        errandWords(event.payload.why, nameOf),
      );
    case 'item.budget_raised':
      return `added ${amountWords(event.payload)} to its budget`;
    case 'item.deleted':
      return event.payload.purge ? 'deleted it, with its content' : 'deleted it';
    case 'item.removed':
      return removed(event.payload);
    case 'item.set_aside':
      return setAsideWords(event.payload.what);
    case 'item.purged':
      return 'purged its content from the log';
    case 'run.pending':
      return `assigned run ${event.payload.run} to ${event.payload.agent} (${event.payload.stage}, attempt ${event.payload.attempt}${event.payload.model === undefined ? '' : `, model ${event.payload.model}`})`;
    case 'run.started':
      return `started run ${event.payload.run} with ${event.payload.model ?? event.payload.runtime}`;
    case 'run.session':
      return `recorded the session of run ${event.payload.run}`;
    case 'run.usage':
      return event.payload.reservation === true
        ? `charged ${money(event.payload.usage.microUsd)} for run ${event.payload.run}, its full reservation: ${event.payload.model} has no price`
        : `recorded usage of run ${event.payload.run}: ${usageWords(event.payload.usage)}`;
    case 'run.budget_crossed':
      return event.payload.crossed
        .map(({ percent, budget, unit }) => `reached ${percent}% of a budget: ${usedOf(budget, unit, nameOf)}`)
        .join('; ');
    case 'run.extended':
      return `extended run ${event.payload.run} to ${lineWords(event.payload.reserved)}`;
    case 'run.price_unknown':
      return `found no price for ${event.payload.model}`;
    case 'run.heartbeat':
      return because(`received a heartbeat from run ${event.payload.run}`, event.payload.activity ?? '');
    case 'run.stop_requested':
      return because(`asked run ${event.payload.run} to stop`, causeWords(event.payload.why, ''));
    case 'run.ended':
      return because(
        `ended run ${event.payload.run}: ${endWords(event.payload.reason, event.payload.cause ?? null)}`,
        faultWords(event.payload.summary, nameOf),
      );
    case 'timer.set':
      return because(`set timer ${event.payload.timer}`, event.payload.command);
    case 'timer.fired':
      return `ran timer ${event.payload.timer}`;
    case 'timer.missed':
      return `skipped timer ${event.payload.timer}: it was due while Musher was not running`;
    case 'timer.cancelled':
      return because(`cancelled timer ${event.payload.timer}`, causeWords(event.payload.why, ''));
    case 'run.admitted':
      return `gave run ${event.payload.run} access to Musher`;
    case 'run.connected':
      return `connected run ${event.payload.run} to Musher`;
    case 'run.reported':
      return 'left its report';
    case 'run.verdict':
      return because(event.payload.verdict === 'approve' ? 'gave its verdict: approve' : 'gave its verdict: reject', event.payload.reason);
    case 'run.blocker':
      return because('is stuck', event.payload.reason);
    case 'agent.called':
      return because(`called ${event.payload.tool}`, event.payload.result);
    case 'request.opened':
      return because(`opened request ${requestName(event.payload.request)}`, event.payload.brief);
    case 'request.closed':
      return because(
        `${REQUEST_ENDED[event.payload.end]} ${requestName(event.payload.request)}${event.payload.scope === 'run' ? ' for the rest of the run' : ''}`,
        event.payload.text,
      );
    case 'request.refused':
      return because(`was refused ${event.payload.brief}`, unaskedWords(event.payload.why));
    case 'gate.ran':
      return `ran gate ${event.payload.gate} ${receiptWords(event.payload)}`;
    case 'merge.attempted':
      return mergeAttempted(event.payload);
    case 'command.handled':
      if (event.payload.words === '') return 'typed an unknown command';
      return `typed ${event.payload.words}: ${event.payload.code ?? event.payload.outcome}`;
    case 'confirmation.asked':
      return `was asked to confirm ${event.payload.words}`;
    case 'confirmation.answered':
      if (event.payload.answer === 'revoked') return `lost the right to ${event.payload.words} before confirming it`;
      if (event.payload.answer === 'expired') return `did not confirm ${event.payload.words} in time`;
      return `answered ${event.payload.answer} to ${event.payload.words}`;
    case 'routine.set':
      return `set routine ${event.payload.routine}, every ${event.payload.schedule}`;
    case 'routine.due':
      return `${ROUTINE_BECAME[event.payload.became]} routine ${event.payload.routine}`;
    case 'routine.answered':
      return `answered routine ${event.payload.routine}: ${event.payload.outcome}`;
    case 'routine.cancelled':
      return `${event.payload.why === 'failures' ? 'stopped failing' : 'ended'} routine ${event.payload.routine}`;
    case 'room.bound':
      return `set the project of ${event.payload.room} to ${event.project}`;
    case 'base.seen':
      return baseSeen(event.payload);
    case 'room.subscribed': {
      const { room, notify, style } = event.payload;
      if (notify === null && style === null) return `reset the notifications of ${room} to bot.toml`;
      const what = notify === null ? [] : [notify.length === 0 ? 'none' : notify.join(', ')];
      return `set the notifications of ${room} to ${[...what, ...(style === null ? [] : [`in ${style}`])].join(' ')}`;
    }
    case 'budget.raised':
      return `added ${amountWords(event.payload)} to the budget of ${ownerOf(event.payload, nameOf)} for today`;
    case 'musher.started':
      return `started ${event.payload.version}`;
    case 'account.limited':
      return event.payload.signIn === undefined
        ? `hit a rate limit on account ${event.payload.account}`
        : `found account ${event.payload.account} signed out`;
    case 'account.recovered':
      return `found account ${event.payload.account} working again`;
    case 'outage.met':
      return because(
        event.payload.agent === null ? `can’t work on ${event.project}` : `can’t start ${event.payload.agent}`,
        outageWords(event.payload),
      );
    case 'outage.over':
      return event.payload.agent === null ? `can work on ${event.project} again` : `can start ${event.payload.agent} again`;
    case 'project.paused':
      return because(`paused ${event.project}`, event.payload.reason);
    case 'project.resumed':
      return event.payload.why === 'time' ? `resumed ${event.project} at the end of its pause` : `resumed ${event.project}`;
    case 'musher.recovered': {
      const { quarantined, mended, odd, differences } = event.payload;
      return `checked the state left by the last shutdown: ${counted(quarantined.length + mended.length + odd.length, 'finding')}, ${counted(differences.length, 'difference')}`;
    }
    case 'musher.restart_asked':
      return 'asked for a restart';
    case 'musher.stopped':
      return 'stopped';
    case 'report.measured':
      return event.payload.exitCode === 0
        ? `measured ${event.payload.name}: ${event.payload.value}`
        : `could not measure ${event.payload.name}`;
    case 'log.backed_up':
      return `backed up the log to ${event.payload.file}`;
    case 'log.backup_failed':
      return `could not back up the log: ${event.payload.why}`;
    case 'log.restored':
      return `restored the log from ${event.payload.file}`;
  }
}

/** To whom a question went that nobody had answered. */
function climbedWords({ to, failed }: ItemEvents['item.climbed']): string {
  const person = to.startsWith('@') ? to.slice(1) : null;
  if (failed === true) return `could not write to ${person ?? to} alone`;
  if (person !== null) return `asked ${person} in a direct message: nobody had answered`;
  const where = to === 'here' ? 'in its rooms' : to === 'thread' ? 'in its thread' : `in ${to}`;
  return `asked again ${where}: nobody had answered`;
}

/** What a person did by a command says more than the stage that followed from it. */
function movedWords({ to, why, failure }: ItemEvents['item.moved'], nameOf: NameOf): string {
  const stage = movedTo(to);
  const archived = stage.name === 'archived';
  if (isPersonsAct(why) && why.did !== 'moved')
    // A start always leads to current.
    return why.did === 'started' ? PERSON_DID.started : `${PERSON_DID[why.did]}, now ${archived ? '' : 'in '}${stageWords(stage)}`;
  const where = archived ? `archived it (${archivedAs(stage.reason.kind)})` : `moved it to ${stageWords(stage)}`;
  return because(where, causeWords(why, failureWords(failure, nameOf)));
}

const REQUEST_ENDED: { readonly [E in RequestEnd]: string } = {
  allowed: 'allowed',
  denied: 'denied',
  answered: 'answered',
  expired: 'got no answer in time to',
  cancelled: 'withdrew',
};

/** A gate's receipt after its name: `on the merged tree at 1a2b3c4d5e: exit 0 in 3.1 s`. */
export function receiptWords(receipt: Receipt): string {
  return `on the ${receipt.where === 'branch' ? 'branch' : 'merged tree'} at ${shortCommit(receipt.commit)}: ${exitWords(receipt)} in ${duration(receipt.durationMs)}`;
}

export function exitWords({ exitCode, timedOut }: Pick<Receipt, 'exitCode' | 'timedOut'>): string {
  if (timedOut) return 'timed out';
  return exitCode === null ? 'killed by a signal' : `exit ${exitCode}`;
}

export { shortCommit as short } from './item.ts';

/** An archived stage as the event has it, for its words alone. */
function movedTo(to: ItemEvents['item.moved']['to']): Parameters<typeof stageWords>[0] {
  return to.name === 'archived' ? { ...to, from: { name: 'backlog' } } : to;
}

function edited(edit: ItemEvents['item.edited']): string {
  switch (edit.field) {
    case 'title':
      return because('changed the title', edit.value);
    case 'description':
      return 'changed the description';
    case 'type':
      return `made it a ${edit.value}`;
    case 'qa':
      return edit.value === null ? 'set its QA to the default' : `set its QA to ${edit.value}`;
    case 'labels':
      return edit.value.length === 0 ? 'removed its labels' : `set its labels to ${edit.value.join(', ')}`;
    case 'model':
      return edit.value === null ? 'left its model to its agent' : `chose the model ${edit.value} for it`;
    case 'priority':
      return `set its priority to ${edit.value}`;
    case 'criteria':
      return `set ${counted(edit.value.length, 'criterion', 'criteria')}`;
  }
}

function removed({ done, left }: ItemEvents['item.removed']): string {
  const did = done.length === 0 ? 'cleaned up after it' : `cleaned up after it: ${done.map(removalWords).join('; ')}`;
  return left.length === 0 ? did : `${did}; not removed: ${left.map(leftoverWords).join('; ')}`;
}

/** What a clean-up did, in a clause. */
export function removalWords(note: RemovalNote): string {
  if (typeof note === 'string') return withoutPaths(note);
  switch (note.kind) {
    case 'work-kept':
      return `its work is kept under ${note.ref}${note.states > 1 ? `, ${note.states} states in all` : ''}`;
    case 'branch-removed':
      return 'removed its branch';
    case 'run-logs-removed':
      return 'removed its run logs and gate outputs';
    case 'worktree-removed':
      return 'removed its worktree';
    case 'large-files-moved':
      return `moved ${counted(note.files, 'new file')} too large for the repository to ${note.to}`;
    case 'repositories-moved':
      return `kept ${counted(note.repositories, 'nested repository', 'nested repositories')} with work that exists nowhere else, in ${note.to} of the data directory`;
    case 'deep-folders-moved':
      return `kept ${counted(note.folders, 'folder')} nested too deep for git, in ${note.to} of the data directory`;
    case 'teardown-failed':
      return faultWords(note.fault, actorName);
    case 'removed':
      return `removed ${note.what}`;
  }
}

/** What was kept beside the snapshots, and where below Musher's data directory. */
export function setAsideWords(what: readonly SetAside[]): string {
  return what.map(removalWords).join('; ');
}

/** What a clean-up could not remove, and why. */
export function leftoverWords(left: Leftover): string {
  if (typeof left === 'string') return withoutPaths(left);
  switch (left.kind) {
    case 'branch-checked-out':
      return `branch ${left.branch}, it is checked out in a worktree that isn’t Musher’s`;
    case 'branch-moved':
      return `branch ${left.branch}, it moved during the clean-up`;
    case 'step-failed':
      return `${STEPS[left.step]}: ${withoutPaths(left.error)}`;
  }
}

const STEPS = {
  snapshot: 'the snapshot failed',
  teardown: 'the teardown failed',
  worktree: 'its worktree and branch',
  'run-logs': 'its run logs',
} as const;

function mergeAttempted({ outcome, base, commit, files }: ItemEvents['merge.attempted']): string {
  switch (outcome) {
    case 'clean':
      return `prepared the merge${commit === null ? '' : ` as ${shortCommit(commit)}`} on ${shortCommit(base)}`;
    case 'conflict':
      return because('hit a merge conflict', files.slice(0, 5).join(', ') + (files.length > 5 ? ` and ${files.length - 5} more` : ''));
    case 'base-moved':
      return 'found that the base branch had moved and is merging again';
    case 'nothing':
      return 'found nothing to merge';
  }
}

function baseSeen({ branch, from, to, how, taken }: OtherEvents['base.seen']): string {
  const moved = `${branch} ${from === null ? 'is at' : `moved from ${shortCommit(from)} to`} ${shortCommit(to)}`;
  const items = taken.length === 0 ? '' : `, with commits of ${numbered(taken)} that Musher did not merge`;
  const by = { first: '', merged: ' by a Musher merge', forward: ' outside Musher', rewritten: ': its history was rewritten' }[how];
  return `saw that ${moved}${by}${items}`;
}

function usageWords(usage: ItemEvents['run.usage']['usage']): string {
  return `${tokens(totalTokens(usage))} tokens, ${money(usage.microUsd)}`;
}

function numbered(items: readonly number[]): string {
  return items.map((number) => `#${number}`).join(', ');
}

/** A purge leaves the reason empty. */
function because(what: string, why: string): string {
  const reason = firstLine(why);
  return reason === '' ? what : `${what}: ${reason}`;
}
