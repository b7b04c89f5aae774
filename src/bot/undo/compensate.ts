import { isDeepStrictEqual } from 'node:util';
import { findCycle } from '../../pipeline/dependencies.ts';
import type { ItemEvent, ItemEventKind } from '../../pipeline/events.ts';
import { isUndoneByItself, KINDS, type EventWith } from '../../pipeline/kinds.ts';
import { undoPositionOf } from '../../pipeline/undo-position.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { CommandTx } from '../capabilities.ts';
import { eventWords } from '../../words/event.ts';
import { stageWords } from '../../words/item.ts';
import { actorName } from '../../pipeline/actor.ts';

/** What taking one item's part of a command back came to: what holds again, or why it can't be; clauses without a full stop. */
export type Compensated =
  | { readonly ok: true; readonly again: readonly string[] }
  | { readonly ok: false; readonly why: string; readonly code: string };

/** Where another command does it. */
const INSTEAD: { readonly [K in ItemEventKind]?: (number: number) => string } = {
  'item.created': (n) => `what was made is deleted by \`delete ${n}\``,
  'item.deleted': (n) => `a number is never used again; \`restore ${n}\` gives its work back on a branch`,
  'item.restore_asked': (n) => `\`snapshots ${n}\` lists what was there before, and \`restore ${n} <number>\` brings that back`,
  'item.undo_asked': (n) => `\`start ${n}\` lets an agent go on with it, \`move ${n} merge\` merges the same work again`,
};

/**
 * Takes a command's changes of one item back by further events, which keep what was there before; nothing where one of
 * them can't be, or was overtaken. Runs inside the command's transaction.
 */
export function compensate(tx: CommandTx, item: WorkItem, events: readonly ItemEvent[]): Compensated {
  const since = tx.reads.history(item.project, item.number, 10_000).filter(({ seq }) => seq > (events.at(-1)?.seq ?? 0));
  const again: string[] = [];
  let now = item;
  for (const event of events.toReversed()) {
    const { undo } = KINDS[event.kind];
    if (undo === 'along' || undo === 'position') continue;
    const back = isUndoneByItself(event) ? takeBack(tx, now, event) : refuse('not-undoable', instead(event, now.number));
    if (!back.ok) return back;
    now = back.item;
    again.push(back.again);
  }
  const moves = events.filter(({ kind }) => KINDS[kind].undo === 'position');
  if (moves.length === 0) return { ok: true, again };
  const overtaken = since.findLast((event) => event.item !== null && KINDS[event.kind].overtakes);
  if (overtaken !== undefined) {
    const { state } = item.execution;
    const running = state === 'pending' || state === 'running' ? `; \`stop ${item.number}\` stops its run` : '';
    return refuse('overtaken', `it has gone on since: ${actorName(overtaken.actor)} ${eventWords(overtaken)}${running}`);
  }
  const before = tx.reads.itemBefore(item.project, item.number, moves[0]?.seq ?? 0);
  if (before === null) return refuse('not-undoable', 'the log does not tell how it stood before');
  const after = tx.append(now, 'item.put_back', { standing: undoPositionOf(before) });
  const stopped = events.some(({ kind }) => KINDS[kind].undo === 'along');
  again.push(
    before.stage.name === item.stage.name && !isDeepStrictEqual(before.held, item.held)
      ? after.held === null
        ? `it goes on in ${stageWords(after.stage)}${stopped ? ', with a new run' : ''}`
        : `it is stopped in ${stageWords(after.stage)}`
      : `it is in ${stageWords(after.stage)}${after.held === null ? '' : ', stopped'} as before`,
  );
  return { ok: true, again };
}

type Back = { readonly ok: true; readonly item: WorkItem; readonly again: string } | Extract<Compensated, { ok: false }>;

function takeBack(tx: CommandTx, now: WorkItem, event: EventWith<'undo', 'itself'>): Back {
  switch (event.kind) {
    case 'item.edited':
      return edit(tx, now, event);
    case 'item.criterion_set': {
      const { index, checked } = event.payload;
      const then = tx.reads.itemBefore(now.project, now.number, event.seq + 1);
      if (!isDeepStrictEqual(now.criteria, then?.criteria)) return changed(`criterion ${index + 1}`);
      const item = tx.append(now, 'item.criterion_set', { index, checked: !checked });
      return { ok: true, item, again: `criterion ${index + 1} is ${checked ? 'open' : 'checked'} again` };
    }
    case 'item.dependencies_set': {
      const { dependsOn, prior } = event.payload;
      if (!isDeepStrictEqual(now.dependsOn, dependsOn)) return changed('what it depends on');
      const cycle = findCycle(now.number, prior, (number) => tx.reads.item(now.project, number)?.dependsOn ?? []);
      if (cycle !== null) return refuse('overtaken', `it would go round in a circle now: ${cycle.join(' needs ')}`);
      const item = tx.append(now, 'item.dependencies_set', { dependsOn: prior, prior: dependsOn });
      return { ok: true, item, again: prior.length === 0 ? 'it depends on nothing again' : `it depends on ${prior.join(', ')} again` };
    }
    case 'item.assigned': {
      const { agent, prior } = event.payload;
      if (now.assignedTo !== agent) return changed('its agent');
      const item = tx.append(now, 'item.assigned', { agent: prior, prior: agent });
      return { ok: true, item, again: prior === null ? 'any coder may take it again' : `it is ${prior}'s again` };
    }
  }
}

/** What there is to do about an event that can't be taken back. */
function instead(event: ItemEvent, number: number): string {
  return INSTEAD[event.kind]?.(number) ?? `“${eventWords(event)}” stays as it is`;
}

function edit(tx: CommandTx, now: WorkItem, event: Extract<ItemEvent, { kind: 'item.edited' }>): Back {
  const { payload } = event;
  const { field } = payload;
  const present = field === 'qa' ? now.qaMode : now[field];
  if (!isDeepStrictEqual(present, payload.value)) return changed(`its ${field}`);
  // The field and its two values belong together: what was the one is now the other.
  const back = { ...payload, value: payload.prior, prior: payload.value } as typeof payload;
  const item = tx.append(now, 'item.edited', back);
  const words = {
    title: `its title is “${item.title}” again`,
    type: `it is a ${item.type} again`,
    qa: `its review is ${item.qaMode ?? 'the default'} again`,
  };
  return {
    ok: true,
    item,
    again: field === 'description' || field === 'criteria' ? `its ${field} ${field === 'criteria' ? 'are' : 'is'} as before` : words[field],
  };
}

function changed(what: string): Extract<Compensated, { ok: false }> {
  return refuse('overtaken', `${what} was changed again since, and taking it back would lose that`);
}

function refuse(code: string, why: string): Extract<Compensated, { ok: false }> {
  return { ok: false, code, why };
}
