import process from 'node:process';
import type { ProjectSettings } from '../../config/settings.ts';
import { decide, projectFacts } from '../../decide/facts.ts';
import type { Asker } from '../../log/tables/two-person.ts';
import type { Tx } from '../../log/tx.ts';
import { err, ok } from '../../result.ts';
import type { ItemEventKind, ItemEvents } from '../../pipeline/events.ts';
import { eventOf } from '../../pipeline/kinds.ts';
import type { WorkItem } from '../../pipeline/types.ts';
import type { Address } from '../../message/address.ts';
import type { CommandTx } from '../capabilities.ts';
import { findItem } from '../find-item.ts';
import { digestOf, LINK_MS, newSecret } from '../page/links.ts';
import { Refusal } from '../../words/refusal.ts';
import { misfitWords } from '../../words/item/misfit.ts';
import { refused } from '../../words/replies.ts';
import type { Actor } from '../../pipeline/actor.ts';
import type { Reply } from '../../words/reply.ts';

/** Who acts, where, and why: written into each event. */
export interface Author {
  readonly actor: Actor;
  readonly cause: string | null;
  readonly at: Address;
  /** The room's project. */
  readonly project: string;
  /** As whom a session on the page acts that they ask for. */
  readonly asker: Asker;
}

/** The items that a command has changed, as they are now. */
export class ChangedItems {
  #items = new Map<string, WorkItem>();

  note(item: WorkItem): void {
    this.#items.set(`${item.project}#${item.number}`, item);
  }

  all(): readonly WorkItem[] {
    return [...this.#items.values()];
  }

  /** What came after it was undone. */
  reset(items: readonly WorkItem[]): void {
    this.#items = new Map(items.map((item) => [`${item.project}#${item.number}`, item]));
  }
}

/**
 * A transaction as a command sees it: anything invalid refuses the command and undoes all of it. `barred` is the second
 * line of defence after the check of the arguments: no command reaches an item of a project in which its sender has no role.
 */
export function commandTx(
  tx: Tx,
  author: Author,
  settingsOf: (project: string) => ProjectSettings,
  barred: (project: string) => Reply | null,
  changed: ChangedItems = new ChangedItems(),
): CommandTx {
  const guard = (project: string): void => {
    const reply = barred(project);
    if (reply !== null) throw new Refusal(reply);
  };
  const { actor, cause } = author;
  const append = <K extends ItemEventKind>(item: Pick<WorkItem, 'project' | 'number'>, kind: K, payload: ItemEvents[K]): WorkItem => {
    guard(item.project);
    const result = tx.append(eventOf(kind, payload, item, actor, cause));
    if (!result.ok) throw new Refusal(refused(result.error.code, misfitWords(result.error)));
    const after = tx.item(item.project, item.number);
    if (after === null) throw new Error(`${item.project}#${item.number} is not there after ${kind}`);
    changed.note(after);
    return after;
  };
  return {
    now: tx.now,
    get reads() {
      return tx.reads;
    },
    find(ref) {
      guard(ref.project);
      const found = findItem(tx.reads, ref, (project, number) => tx.item(project, number), author.project);
      if (!found.ok) throw new Refusal(found.error);
      return found.value;
    },
    append,
    create: (project, fields) => append({ project, number: tx.nextNumber(project) }, 'item.created', fields),
    bindRoom(project, from) {
      // Switching a room to another project needs a role in the old project too.
      for (const one of [project, from]) guard(one);
      tx.record({
        project,
        item: null,
        actor,
        cause,
        kind: 'room.bound',
        payload: { transport: author.at.transport, room: author.at.room },
      });
    },
    subscribe({ transport, id, project }, told) {
      const payload = { transport, room: id, ...told };
      tx.record({ project: project ?? author.project, item: null, actor, cause, kind: 'room.subscribed', payload });
    },
    raiseDay: (project, payload) => void tx.record({ project, item: null, actor, cause, kind: 'budget.raised', payload }),
    setRoutine(project, payload) {
      guard(project);
      tx.record({ project, item: null, actor, cause, kind: 'routine.set', payload });
    },
    cancelRoutine(project, routine) {
      guard(project);
      tx.record({ project, item: null, actor, cause, kind: 'routine.cancelled', payload: { routine, why: 'person' } });
    },
    pause(project, payload) {
      guard(project);
      tx.record({ project, item: null, actor, cause, kind: 'project.paused', payload });
    },
    resume(project, since) {
      guard(project);
      tx.record({ project, item: null, actor, cause, kind: 'project.resumed', payload: { why: 'person', since } });
    },
    makeLink(address) {
      const secret = newSecret();
      tx.windows.addLink(digestOf(secret), author.asker, tx.now + LINK_MS);
      return `${address}/enter/${secret}`;
    },
    endSession({ id }) {
      tx.windows.end(id);
      tx.afterCommit(() => tx.windows.ended(id));
    },
    tellRoom: (to, body) => void tx.outbox.add({ to, item: null, kind: 'notice', body, inbox: null }, tx.now),
    askRestart: (project) =>
      void tx.record({ project, item: null, actor, cause, kind: 'musher.restart_asked', payload: { pid: process.pid } }),
    step: (item) => decide(tx.reads, item, projectFacts(tx.reads, settingsOf(item.project), tx.now)),
    attempt(part) {
      const before = changed.all();
      try {
        return ok(tx.attempt(part));
      } catch (error) {
        changed.reset(before);
        if (error instanceof Refusal) return err(error.reply);
        throw error;
      }
    },
    refuse(reply) {
      throw new Refusal(reply);
    },
  };
}
