import type { NotifyKind } from '../../config/settings.ts';
import { code } from '../../message/build.ts';
import { err, ok, type Result } from '../../result.ts';
import type { RoomState } from '../capabilities.ts';
import type { CommandContext, Reply } from '../command.ts';
import { refused } from '../../words/replies.ts';
import { includes } from './rights.ts';

/** The room that was named, or the one in which it was said; the error is the reply. */
export function roomOf(context: Pick<CommandContext, 'rooms' | 'at'>, named: string | null): Result<RoomState, Reply> {
  const { at } = context;
  const found = context.rooms().find((one) => (named === null ? one.transport === at.transport && one.id === at.room : one.name === named));
  if (found !== undefined) return ok(found);
  return err(
    refused(
      'no-such-room',
      named === null ? 'This is no room of bot.toml, so it is told nothing without asking. ' : `There is no room ${named}. `,
      code('rooms'),
      ' lists those that there are.',
    ),
  );
}

/**
 * Whether the sender may change what a room is told; null: yes. Here that is for operators, elsewhere for admins of that
 * room's project: a room that was made to speak of another one gives no rights to it.
 */
export function mayChange(context: Pick<CommandContext, 'at' | 'roleIn'>, room: RoomState, words: string): Reply | null {
  const isHere = room.transport === context.at.transport && room.id === context.at.room;
  const needed = isHere ? 'operator' : 'admin';
  if (includes(context.roleIn(room), needed)) return null;
  const whose = room.project === null ? 'all projects' : `the project ${room.project}`;
  return refused(
    'not-allowed',
    code(words),
    ` changes what ${room.name} is told, and needs an ${needed} of ${whose}. Ask one, or type `,
    code('whoami'),
    ' to see what you may do.',
  );
}

export function roomWords(room: RoomState): string {
  return `The room ${room.name}`;
}

export function sameKinds(a: readonly NotifyKind[], b: readonly NotifyKind[]): boolean {
  return a.length === b.length && a.every((kind) => b.includes(kind));
}
