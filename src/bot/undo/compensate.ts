import { isDeepStrictEqual } from 'node:util';
import { findCycle } from '../../pipeline/next/dependencies.ts';
import type { ItemEvent, ItemEventKind } from '../../pipeline/events.ts';
import { isUndoneByItself, KINDS, type EventWith } from '../../pipeline/kinds.ts';
import { undoPositionOf } from '../../pipeline/undo-position.ts';
import { priorityOf } from '../../pipeline/next/priority.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { CommandTx } from '../capabilities.ts';
import { eventWords } from '../../words/item/event.ts';
import type { NameOf } from '../../pipeline/actor.ts';
import { obstacle, restored } from '../../words/bot/undoing.ts';
import type { Content } from '../../message/build.ts';

/** The result of undoing a command's changes of one item: what is true again, or why it can't be undone. Clauses without a full stop. */
export type Compensated =
  | { readonly ok: true; readonly again: readonly string[] }
  | { readonly ok: false; readonly why: readonly Content[]; readonly code: string };

/** What to do instead about kinds that can't be undone. */
const INSTEAD: { readonly [K in ItemEventKind]?: (number: number) => readonly Content[] } = {
  'item.created': obstacle.created,
  'item.deleted': obstacle.deleted,
  'item.restore_asked': obstacle.snapshotRestored,
  'item.undo_asked': obstacle.mergeReverted,
};

/**
 * Undoes a command's changes of one item by appending further events; nothing if one of them can't be undone or work has
 * continued since. Runs inside the command's transaction.
 */
export function compensate(tx: CommandTx, item: WorkItem, events: readonly ItemEvent[], nameOf: NameOf): Compensated {
  const since = tx.reads.history(item.project, item.number, 10_000).filter(({ seq }) => seq > (events.at(-1)?.seq ?? 0));
  const again: string[] = [];
  let now = item;
  for (const event of events.toReversed()) {
    const { undo } = KINDS[event.kind];
    if (undo === 'along' || undo === 'position') continue;
    const back = isUndoneByItself(event) ? takeBack(tx, now, event) : refuse('not-undoable', instead(event, now.number, nameOf));
    if (!back.ok) return back;
    now = back.item;
    again.push(back.again);
  }
  const moves = events.filter(({ kind }) => KINDS[kind].undo === 'position');
  if (moves.length === 0) return { ok: true, again };
  const overtaken = since.findLast((event) => event.item !== null && KINDS[event.kind].overtakes);
  if (overtaken !== undefined) {
    const { state } = item.execution;
    const running = state === 'pending' || state === 'running' ? item.number : null;
    return refuse('overtaken', obstacle.overtaken(`${nameOf(overtaken.actor)} ${eventWords(overtaken, nameOf)}`, running));
  }
  const before = tx.reads.itemBefore(item.project, item.number, moves[0]?.seq ?? 0);
  if (before === null) return refuse('not-undoable', obstacle.unknownBefore);
  const after = tx.append(now, 'item.put_back', { standing: undoPositionOf(before) });
  const stopped = events.some(({ kind }) => KINDS[kind].undo === 'along');
  again.push(
    before.stage.name === item.stage.name && !isDeepStrictEqual(before.held, item.held)
      ? after.held === null
        ? restored.running(after, stopped)
        : restored.stopped(after)
      : restored.stage(after),
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
      return { ok: true, item, again: restored.criterion(index + 1, !checked) };
    }
    case 'item.dependencies_set': {
      const { dependsOn, prior } = event.payload;
      if (!isDeepStrictEqual(now.dependsOn, dependsOn)) return changed('its list of dependencies');
      const cycle = findCycle(now.number, prior, (number) => tx.reads.item(now.project, number)?.dependsOn ?? []);
      if (cycle !== null) return refuse('overtaken', obstacle.cycle(cycle));
      const item = tx.append(now, 'item.dependencies_set', { dependsOn: prior, prior: dependsOn });
      return { ok: true, item, again: restored.dependencies(prior) };
    }
    case 'item.told': {
      const read = now.told?.find(({ id }) => id === event.seq)?.read;
      if (read !== undefined) return refuse('overtaken', obstacle.read(read.agent));
      const item = tx.append(now, 'item.told', { text: '', takesBack: event.seq });
      return { ok: true, item, again: restored.told };
    }
    case 'item.files_added': {
      const item = tx.append(now, 'item.files_added', { files: [], takesBack: event.seq });
      return { ok: true, item, again: restored.files };
    }
    case 'item.assigned': {
      const { agent, prior } = event.payload;
      if (now.assignedTo !== agent) return changed('its agent');
      const item = tx.append(now, 'item.assigned', { agent: prior, prior: agent });
      return { ok: true, item, again: restored.agent(prior) };
    }
  }
}

/** What to do instead about an event that can't be undone. */
function instead(event: ItemEvent, number: number, nameOf: NameOf): readonly Content[] {
  return INSTEAD[event.kind]?.(number) ?? obstacle.cannot(eventWords(event, nameOf));
}

function edit(tx: CommandTx, now: WorkItem, event: Extract<ItemEvent, { kind: 'item.edited' }>): Back {
  const { payload } = event;
  const { field } = payload;
  const present =
    field === 'qa'
      ? now.qaMode
      : field === 'priority'
        ? priorityOf(now)
        : field === 'model'
          ? (now.model ?? null)
          : field === 'labels'
            ? (now.labels ?? [])
            : now[field];
  if (!isDeepStrictEqual(present, payload.value)) return changed(`its ${field}`);
  // The cast keeps a field with its two values, swapped.
  const back = { ...payload, value: payload.prior, prior: payload.value } as typeof payload;
  const item = tx.append(now, 'item.edited', back);
  const words = {
    title: restored.title(item.title),
    type: restored.type(item.type),
    qa: restored.qa(item.qaMode),
    labels: restored.labels(item.labels ?? []),
    model: restored.model(item.model ?? null),
    priority: restored.priority(priorityOf(item)),
  };
  return {
    ok: true,
    item,
    again: field === 'description' || field === 'criteria' ? restored.field(field) : words[field],
  };
}

function changed(what: string): Extract<Compensated, { ok: false }> {
  return refuse('overtaken', obstacle.changedSince(what));
}

function refuse(code: string, why: readonly Content[]): Extract<Compensated, { ok: false }> {
  return { ok: false, code, why };
}
