import type { NameOf } from '../../pipeline/actor.ts';
import { code, command, phrase, type Content } from '../../message/build.ts';
import type { Inline } from '../../message/document.ts';
import type { Unmet } from '../../pipeline/next/dependencies.ts';
import type { Busy, Reason } from '../../pipeline/next/reason.ts';
import { requestName } from '../../pipeline/requests.ts';
import type { ArchiveReason, WorkItem } from '../../pipeline/types.ts';
import type { ItemNumber } from '../../pipeline/values.ts';
import { causeWords } from './causes.ts';
import { pauseWords, resumeCommand } from './pause.ts';
import { hintWords, outageHint, outageWords } from '../outage.ts';
import { capKey, topUp, usedOf } from '../budget.ts';
import { itemLabel, itemName, shortCommit } from './item.ts';
import { moment } from '../time.ts';
import type { Reader } from '../reader.ts';
import { exhaustionWords } from './exhaustion.ts';
import { failureWords } from './faults.ts';
import type { Step } from '../../pipeline/next/step.ts';

/**
 * What an item waits for, or what happens to it, as it follows its name and a colon: `queued: all 2 coder slots are
 * busy (…)`. No full stop.
 */
export function reasonWords(item: WorkItem, reason: Reason, reader: Reader): string | Inline[] {
  const label = (number: ItemNumber): string => itemLabel({ project: item.project, number }, reader.current);
  switch (reason.kind) {
    case 'asked-to-start':
      return 'starting now';
    case 'dependencies-met':
      return 'starting now: everything it depends on is merged';
    case 'agent-free':
      return 'queued for the next free agent';
    case 'another-attempt':
      return `queued for the next free agent (attempt ${reason.attempt} of ${reason.of})`;
    case 'gates-decide':
      return reason.agent === null ? 'running the gates' : `running the gates on ${reason.agent}’s work`;
    case 'first-to-merge':
      return 'merging next';
    case 'restore-asked':
      return `restoring snapshot ${reason.snapshot} for ${reader.nameOf(reason.by)}`;
    case 'undo-asked':
      return `reverting its merge for ${reader.nameOf(reason.by)} (the gates run first)`;
    case 'no-merge-agent':
      return `going back to current${after(item, reader.nameOf)}`;
    case 'attempts-used-up':
    case 'sent-back-too-often':
    case 'same-failure':
      return exhaustionWords(reason, failureWords(item.failure, reader.nameOf));
    case 'being-prepared':
      return `preparing the worktree for ${reason.agent}`;
    case 'working':
      return `${reason.agent} ${WORKS[reason.stage]}`;
    case 'asks-people':
      return `${reason.request.agent} is waiting for ${reason.request.ask.kind === 'permission' ? 'permission' : 'an answer'}: ${reason.request.brief}`;
    case 'not-started':
      return reason.unmet.length === 0 ? 'not started' : `not started, and it needs ${unmetList(reason.unmet, label)} first`;
    case 'dependencies':
      return `waiting for ${unmetList(reason.unmet, label)}`;
    case 'slots-busy':
      return `queued: ${reason.max === 1 ? 'the coder slot is' : `all ${reason.max} coder slots are`} busy (${busyWords(reason.busy, label)})`;
    case 'agents-busy':
      return reason.only === null
        ? `queued: every agent for it is busy (${busyWords(reason.busy, label)})`
        : `queued: ${reason.only.agent} takes ${reason.only.most === 1 ? 'one item' : `${reason.only.most} items`} at a time (now ${reason.busy.map(({ item: on }) => label(on)).join(', ')})`;
    case 'review':
      return 'waiting for review';
    case 'stopped':
      return `stopped by ${reader.nameOf(reason.by)}`;
    case 'account-limited':
      return `rate-limited on account ${reason.account}`;
    case 'account-signed-out':
      return `waiting for someone to sign in to account ${reason.account}`;
    case 'account-tried':
      return `queued: one run is testing account ${reason.account} after a rate limit`;
    case 'run-limited':
      return 'rate-limited by the model provider';
    case 'outage':
      return `can’t run${reason.agent === null ? '' : ` (${reason.agent} doesn’t start)`}: ${outageWords(reason.outage).replace(/^The /, 'the ').replace(/\.$/, '')}`;
    case 'paused':
      return phrase`the project is ${pauseWords(reason.pause, reader)}`;
    case 'budget':
      return reason.shortage.held
        ? `waiting for a run to end: ${usedOf(reason.shortage.budget, reason.shortage.unit, reader.nameOf)}, and open runs hold the rest`
        : `waiting for budget: ${usedOf(reason.shortage.budget, reason.shortage.unit, reader.nameOf)}`;
    case 'merge-queue':
      return `queued to merge after ${label(reason.first)}`;
    case 'blocked':
      return `blocked${archivedFor(item, reader.nameOf)}`;
    case 'held-for-review':
      return `held for review${archivedFor(item, reader.nameOf)}`;
    case 'no-agent':
      return `can’t run: no agent is configured for ${reason.stage}`;
    case 'only-when-asked':
      return `can’t run: ${reason.model === null ? 'every agent' : `every agent that can use ${reason.model}`} works only when it is asked for (${reason.agents.join(', ')})`;
    case 'assigned-agent-missing':
      return `can’t run: its agent ${reason.agent} isn’t configured for ${reason.stage}`;
    case 'sandbox':
      return `can’t run: the sandbox doesn’t work (${reason.problem})`;
    case 'deleted':
      return 'deleted';
    case 'merged':
      return item.stage.name === 'done' ? `merged as ${shortCommit(item.stage.mergeCommit)}` : 'merged';
    case 'superseded':
      return `replaced by ${label(reason.by)}`;
    case 'completed':
      return 'finished';
    case 'abandoned':
      return 'abandoned';
  }
}

const WORKS = { current: 'is working on it', qa: 'is reviewing it', merge: 'is resolving its conflict' } as const;

/** What a person can do about it, with its commands as they are typed in that room; or what happens without them. Empty where neither says anything new. */
export function nextWords(item: WorkItem, step: Step, reader: Reader): Content[] {
  const { reason } = step;
  const n = itemName(item, reader.current);
  switch (reason.kind) {
    case 'working':
      return reason.stage === 'current'
        ? [command(`logs ${n}`), ' shows its output, ', command(`stop ${n}`), ' stops it.']
        : [command(`logs ${n}`), ' shows its output.'];
    case 'asks-people':
      return askedWords(reason, reader);
    case 'not-started':
      if (reason.unmet.length === 0) return [command(`start ${n}`), ' to begin.'];
      if (reason.unmet.some(({ never }) => never !== null))
        return [command(`depends ${n} on nothing`), ' drops its dependencies, then ', command(`start ${n}`), ' starts it.'];
      return [command(`start ${n}`), ' queues it; it starts on its own after that.'];
    case 'dependencies':
      return afterDependencies(item, reason, reader);
    case 'slots-busy':
    case 'agents-busy':
      return ['It starts on its own when one is free.'];
    case 'review':
      return reviewWords(n, 'approve');
    case 'stopped':
      if (reason.after === 'other-dependencies')
        return [command(`depends ${n} on nothing`), ' drops its dependencies, then ', command(`start ${n}`), ' starts it.'];
      if (reason.after === 'dependencies') return [command(`start ${n}`), ' lets it start once its dependencies are merged.'];
      return [command(`start ${n}`), item.stage.name === 'backlog' ? ' starts it.' : ' continues it.'];
    case 'account-signed-out':
      return [command('health'), ' says how to sign in. It continues on its own after that.'];
    case 'account-limited':
    case 'account-tried':
    case 'run-limited':
      return ['It continues on its own; ', command(`stop ${n}`), ' cancels that.'];
    case 'outage':
      return [...hintWords(outageHint(reason.outage)), ' It continues on its own after that; no attempt is counted.'];
    case 'paused':
      return [command(resumeCommand(item.project, reader.current)), ' lets work continue.'];
    case 'budget': {
      const more = command(topUp(inRoom(reason.shortage.budget, item, reader), reason.shortage.unit));
      const key = capKey(reason.shortage.budget, reason.shortage.unit);
      if (reason.shortage.held) return ['It continues when a run ends with budget left; ', more, ' makes room now. ', ...key];
      const now =
        reason.shortage.budget.until === null ? [more, ' lets it continue. '] : ['It continues then; ', more, ' lets it continue now. '];
      return [...now, ...key];
    }
    case 'merge-queue':
      return ['Merges run one at a time; it follows on its own.'];
    case 'blocked':
      if (item.stage.name === 'archived' && hasNothingToMerge(item.stage.reason)) return addWords(n);
      return item.stage.name === 'archived'
        ? [command(`retry ${n}`), ' tries again, ', command(`unblock ${n}`), ` moves it back to ${item.stage.from.name}.`]
        : [];
    case 'held-for-review':
      return reviewWords(n, 'accept');
    case 'no-agent':
      return ['Add an ', code('[[agent]]'), ' to ', code('.musher/project.toml'), ', then ', command('reload'), '.'];
    case 'only-when-asked':
      return [command(`assign ${n} ${reason.agents[0] ?? 'any'}`), ' asks for it.'];
    case 'assigned-agent-missing':
      return [command(`assign ${n} any`), ' lets any agent take it.'];
    case 'sandbox':
      return ['Run ', code('musher doctor'), ' on Musher’s machine, fix what it shows, then ', command('restart'), '.'];
    case 'merged':
      return [command(`accept ${n}`), ' archives it.'];
    case 'superseded':
      return [command(`show ${itemName({ project: item.project, number: reason.by }, reader.current)}`), ' shows that one.'];
    case 'deleted':
      return ['Its number is never reused.'];
    case 'asked-to-start':
    case 'dependencies-met':
    case 'agent-free':
    case 'another-attempt':
    case 'gates-decide':
    case 'first-to-merge':
    case 'restore-asked':
    case 'undo-asked':
    case 'no-merge-agent':
    case 'attempts-used-up':
    case 'sent-back-too-often':
    case 'same-failure':
    case 'being-prepared':
    case 'completed':
    case 'abandoned':
      return [];
  }
}

/** How a person looks at a change and decides about it. `yes`: the command that lets it pass. `n`: as the item is typed. */
export function reviewWords(n: string, yes: 'approve' | 'accept'): Content[] {
  return ['Review it with ', command(`diff ${n}`), ', then ', command(`${yes} ${n}`), ' or ', command(`reject ${n} <reason>`), '.'];
}

/** Why a dependency isn't met: `in qa`, `blocked`, `deleted`. */
export function unmetWords({ stage, never }: Unmet, label: (number: ItemNumber) => string): string {
  if (never === null) return stage === 'archived' ? 'blocked' : `in ${stage}`;
  switch (never.kind) {
    case 'missing':
      return 'doesn’t exist';
    case 'deleted':
      return 'deleted';
    case 'abandoned':
      return 'abandoned';
    case 'superseded':
      return `replaced by ${label(never.by)}`;
  }
}

function unmetList(unmet: readonly Unmet[], label: (number: ItemNumber) => string): string {
  return unmet.map((one) => `${label(one.number)} (${unmetWords(one, label)})`).join(', ');
}

function busyWords(busy: readonly Busy[], label: (number: ItemNumber) => string): string {
  return busy.map(({ agent, item }) => `${agent} on ${label(item)}`).join(', ');
}

function after({ failure }: WorkItem, nameOf: NameOf): string {
  return failure === null ? '' : `: ${failureWords(failure, nameOf)}`;
}

function archivedFor({ stage, failure }: WorkItem, nameOf: NameOf): string {
  if (stage.name !== 'archived' || !('reason' in stage.reason)) return '';
  const why = causeWords(stage.reason.reason, failureWords(failure, nameOf));
  return why === '' ? '' : `: ${why}`;
}

/** What is stuck needs a person first, and who waits for it should hear which item that is. */
function afterDependencies(item: WorkItem, { unmet }: Extract<Reason, { kind: 'dependencies' }>, { current }: Reader): Content[] {
  const n = itemName(item, current);
  if (unmet.some(({ never }) => never !== null))
    return ['That won’t happen on its own; ', command(`depends ${n} on nothing`), ' drops its dependencies.'];
  const stuck = unmet.find(({ stage }) => stage === 'archived');
  const about = stuck === undefined ? null : { project: item.project, number: stuck.number };
  const first = about === null ? [] : [command(`why ${itemName(about, current)}`), ` shows what ${itemLabel(about, current)} needs. `];
  const goes = item.stage.name === 'backlog' ? 'starts' : 'continues';
  return [...first, `It ${goes} on its own after that.`];
}

function askedWords({ request, more }: Extract<Reason, { kind: 'asks-people' }>, { now, timezone }: Reader): Content[] {
  const name = requestName(request.number);
  const who = request.role === 'admin' ? 'An admin' : 'An operator';
  const how =
    request.ask.kind === 'permission'
      ? [command(`allow ${name}`), ' or ', command(`deny ${name} <reason>`)]
      : [command(`answer ${name} <text>`)];
  const others: Content[] = more === 0 ? [] : [` ${more} more: `, command('requests'), '.'];
  return [
    ...phrase`Since ${moment(request.openedAt, now, timezone)}, until ${moment(request.expiresAt, now, timezone)}. ${who} can `,
    ...how,
    '.',
    ...others,
  ];
}

/** A budget's name where its item belongs to another project than the room. */
function inRoom<B extends { readonly scope: string; readonly name: string }>(budget: B, item: WorkItem, { current }: Reader): B {
  return budget.scope === 'item' ? { ...budget, name: itemName(item, current) } : budget;
}

/** Whether its merge would add nothing: another try would find the same. */
export function hasNothingToMerge(reason: ArchiveReason): boolean {
  return reason.kind === 'mergeFailed' && typeof reason.reason !== 'string' && reason.reason.kind === 'nothing-to-merge';
}

/** What there is to do then. `n`: the item as it is typed. */
export function addWords(n: string): Content[] {
  return [command(`move ${n} backlog`), ' lets an agent add to it, ', command(`delete ${n}`), ' removes it.'];
}
