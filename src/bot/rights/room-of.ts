import type { NotifyKind } from '../../config/choices.ts';

import { err, ok, type Result } from '../../result.ts';
import type { CommandContext } from '../command.ts';
import { mayNotChange, noSuchRoom } from '../../words/bot/access.ts';
import { includes } from './rights.ts';
import type { Reply } from '../../words/reply.ts';
import type { RoomState } from '../../decide/room-state.ts';

/** The named room, or the one where the command was typed; the error is the reply. */
export function roomOf(context: Pick<CommandContext, 'rooms' | 'at'>, named: string | null): Result<RoomState, Reply> {
  const { at } = context;
  const found = context.rooms().find((one) => (named === null ? one.transport === at.transport && one.id === at.room : one.name === named));
  if (found !== undefined) return ok(found);
  return err(noSuchRoom(named));
}

/**
 * Whether the sender may change a room's notifications; null: yes. Operators may do so in the room itself; another room
 * needs an admin of its configured project. Switching a room to a project gives no rights to that project.
 */
export function mayChange(context: Pick<CommandContext, 'at' | 'roleIn'>, room: RoomState, words: string): Reply | null {
  const isHere = room.transport === context.at.transport && room.id === context.at.room;
  const needed = isHere ? 'operator' : 'admin';
  if (includes(context.roleIn(room), needed)) return null;
  return mayNotChange(words, needed, room.project);
}

export function sameKinds(a: readonly NotifyKind[], b: readonly NotifyKind[]): boolean {
  return a.length === b.length && a.every((kind) => b.includes(kind));
}
