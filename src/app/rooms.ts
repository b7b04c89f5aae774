import { LOCAL } from '../../transports/index.ts';
import { NOTIFY_KINDS, type NotifyKind } from '../config/choices.ts';
import type { RoomSettings, Settings } from '../config/settings.ts';
import { afterQuietHours } from '../notices/quiet-hours.ts';
import type { Reads } from '../log/reads/reads.ts';
import type { DigestRoom } from '../notices/digests.ts';
import type { NotifiedRoom } from '../notices/notify.ts';
import type { RoomState } from '../decide/room-state.ts';
import { titleOfNetwork } from './networks.ts';

/** Every kind of news there is. */
const EVERYTHING: readonly NotifyKind[] = NOTIFY_KINDS.filter((kind) => kind !== 'none');

export interface RoomsParts {
  readonly settings: Settings;
  readonly reads: Reads;
  /** The project that bare numbers name in a room now. */
  readonly speaksOf: (transport: string, room: string) => string;
  readonly hasThreads: (transport: string) => boolean;
  /** A sent message can be replaced in place. */
  readonly hasEdits: (transport: string) => boolean;
  /** Buttons, or reactions that stand for them. */
  readonly hasButtons: (transport: string) => boolean;
  /** Buttons that carry their own command. */
  readonly isPressable: (transport: string) => boolean;
}

/** The rooms that Musher serves, with their notifications from the configuration or from chat. */
export interface Rooms {
  all(): RoomState[];
  /** The rooms that get a project's notifications. */
  notified(project: string): NotifiedRoom[];
  /** The room of this name, if it is one of this project. */
  named(name: string, project: string): NotifiedRoom | null;
  /** A conversation with one person alone. */
  direct(transport: string, room: string): NotifiedRoom;
  /** All rooms, for notifications that concern all projects. */
  everyone(): NotifiedRoom[];
  /** What people call a room; of one that is not configured, a private one in most cases, its network. */
  nameOf(transport: string, room: string): string;
}

/** Looked up each time, because nothing is cached beside the log. */
export function roomDirectory({ settings, reads, speaksOf, hasThreads, hasEdits, hasButtons, isPressable }: RoomsParts): Rooms {
  const stateOf = (room: Pick<RoomSettings, 'id' | 'name' | 'notify' | 'notifyStyle' | 'quietHours'> & Whose): RoomState => {
    const counts = saidOf(reads, room);
    const edits = hasEdits(room.transport);
    // A live message for each item says more than a row of messages, and needs no more room.
    const style = counts?.style ?? room.notifyStyle ?? (edits ? 'cards' : 'messages');
    return {
      transport: room.transport,
      id: room.id,
      name: room.name ?? `${room.transport}:${room.id}`,
      project: room.project,
      notify: (counts?.notify ?? room.notify).filter((kind) => kind !== 'none'),
      style: (style === 'threads' && !hasThreads(room.transport)) || (style === 'cards' && !edits) ? 'messages' : style,
      hasThreads: hasThreads(room.transport),
      hasEdits: edits,
      quietHours: room.quietHours,
      saidBy: counts === null ? 'file' : 'chat',
      said: { notify: counts?.notify ?? null, style: counts?.style ?? null },
    };
  };
  const all = (): RoomState[] => [stateOf(LOCAL_ROOM), ...settings.rooms.map(stateOf)];
  const toNotified = (room: RoomState): NotifiedRoom => ({
    to: { transport: room.transport, room: room.id, thread: null },
    // In a room that was switched, a bare number would mean an item of the other project.
    project: speaksOf(room.transport, room.id),
    notify: room.notify,
    style: room.style,
    buttons: hasButtons(room.transport),
    pressable: isPressable(room.transport),
    notBefore: (now) => afterQuietHours(now, room.quietHours, settings.timezone),
  });
  return {
    all,
    notified: (project) =>
      all()
        .filter((room) => room.project === null || room.project === project)
        .map(toNotified),
    named(name, project) {
      const found = all().find((room) => room.name === name && room.project === project);
      return found === undefined ? null : toNotified(found);
    },
    direct: (transport, room) => ({
      to: { transport, room, thread: null },
      project: speaksOf(transport, room),
      notify: [],
      style: 'messages',
      buttons: hasButtons(transport),
      pressable: isPressable(transport),
      notBefore: (now) => now,
    }),
    everyone: () => all().map(toNotified),
    nameOf: (transport, room) =>
      all().find((one) => one.transport === transport && one.id === room)?.name ??
      `a private conversation on ${titleOfNetwork(transport) ?? transport}`,
  };
}

/**
 * When people first see what an agent asks them at this moment: at once, or when the quiet hours end of the first room that
 * is told. Whoever sits at the terminal sees it anyway, but nobody may.
 */
export function seenFrom({ rooms, timezone }: Pick<Settings, 'rooms' | 'timezone'>, reads: Reads, project: string, now: number): number {
  const told = rooms.filter((room) => room.project === project && (saidOf(reads, room)?.notify ?? room.notify).includes('approvals'));
  return told.length === 0 ? now : Math.min(...told.map(({ quietHours }) => afterQuietHours(now, quietHours, timezone)));
}

/** The rooms that want a digest every day. One that is to come after quiet hours that a room has not got never comes. */
export function digestRooms({ rooms }: Pick<Settings, 'rooms'>): DigestRoom[] {
  return rooms.flatMap(({ transport, id, project, digest, quietHours, pictures }) => {
    const at = typeof digest === 'number' || digest === null ? digest : (quietHours?.to ?? null);
    return at === null ? [] : [{ transport, id, project, at, pictures }];
  });
}

/** Whether answers that can be a picture as well have one in a room without being asked. */
export function hasPictures({ rooms }: Pick<Settings, 'rooms'>, transport: string, id: string): boolean {
  return rooms.some((room) => room.transport === transport && room.id === id && room.pictures);
}

/** What was said from chat about a room, as long as it is of the project that it was said for. */
function saidOf(reads: Reads, room: Whose & { readonly id: string }): ReturnType<Reads['subscription']> {
  const said = reads.subscription(room.transport, room.id);
  return said !== null && (room.project === null || said.project === room.project) ? said : null;
}

interface Whose {
  readonly transport: string;
  /** Null: of all. */
  readonly project: string | null;
}

/** The terminal gets the notifications of all projects. */
const LOCAL_ROOM = {
  transport: LOCAL.name,
  id: LOCAL.address.room,
  name: LOCAL.roomName,
  project: null,
  notify: EVERYTHING,
  notifyStyle: 'messages',
  quietHours: null,
} as const;
