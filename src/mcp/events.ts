import type { Tx } from '../log/tx.ts';
import type { ItemEventKind, ItemEvents } from '../pipeline/events.ts';
import { eventOf } from '../pipeline/kinds.ts';
import { stillThere, type Caller } from './caller.ts';
import type { ToolParts } from './tool.ts';
import { agentActor } from '../pipeline/actor.ts';

/** Appends an event of an agent's own doing. False where it does not fit any more. */
export function write<K extends ItemEventKind>(tx: Tx, { item, agent }: Caller, kind: K, payload: ItemEvents[K]): boolean {
  return tx.append(eventOf(kind, payload, item, agentActor(agent.name))).ok;
}

/** Runs a change in one transaction if the caller's run is still under way then; else null, and nothing is changed. */
export function change<T>(parts: ToolParts, caller: Caller, run: (tx: Tx, now: Caller) => T): T | null {
  return (
    parts.log.transaction((tx): { value: T } | null => {
      const now = stillThere(parts, caller);
      return now === null ? null : { value: run(tx, now) };
    })?.value ?? null
  );
}
