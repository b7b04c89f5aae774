import type { Clock } from '../clock.ts';
import type { Log } from '../log/log.ts';
import type { Address } from '../message/address.ts';
import type { Capabilities, Project, ProcessUse } from './capabilities.ts';
import type { Command } from './command.ts';
import type { NameOf } from '../pipeline/actor.ts';
import type { Rights } from './rights/rights.ts';

/** What all commands share. */
export interface BotParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly rights: Rights;
  /** The project that a room is configured for; null if it is not configured. */
  readonly roomProject: (transport: string, room: string) => string | null;
  readonly timezone: string;
  readonly nameOf: NameOf;
  readonly projects: readonly [Project, ...Project[]];
  readonly commands: readonly Command[];
  readonly runLog: Capabilities['runLog'];
  readonly processes: () => Promise<readonly ProcessUse[]>;
  readonly machine: Capabilities['machine'];
  readonly networks: Capabilities['networks'];
  readonly dump: Capabilities['dump'];
  readonly backups: {
    make(actor: string, cause: string): ReturnType<Capabilities['backup']>;
    state: Capabilities['backups'];
  };
  readonly measurements: {
    stop(): Promise<void>;
    make(project: string, name: string, by: { readonly actor: string; readonly cause: string | null }): ReturnType<Capabilities['measure']>;
  };
  /** The page; missing: none is configured. */
  readonly page?: PagePlace;
  readonly rooms: Capabilities['rooms'];
  /** Whether a room has pictures beside answers without being asked. */
  readonly hasPictures: (transport: string, room: string) => boolean;
  readonly reconfiguration: Capabilities['reconfiguration'];
  readonly restart: Capabilities['restart'];
  readonly version: string;
  readonly startedAt: number;
}

/** What is known of the page by whoever serves it. */
export interface PagePlace {
  /** Where it is now; null: it is not there. */
  readonly address: () => string | null;
  /** Whether an answer at this address is seen by one person alone. */
  readonly isPrivate: (at: Address) => boolean;
  /** The conversation with a person alone, by the first of their ids whose network has one; null: none has. Rejects where one may later. */
  readonly openDirect: (ids: readonly string[]) => Promise<Omit<Address, 'thread'> | null>;
  /** Whether the rooms of a network are sessions on the page. */
  readonly isWindow: (transport: string) => boolean;
}

/** The room's project: the one it was switched to, if that still exists, else the first. */
export function projectOf(parts: Pick<BotParts, 'log' | 'roomProject' | 'projects'>, transport: string, room: string): Project {
  const bound = parts.log.reads.roomProject(transport, room) ?? parts.roomProject(transport, room);
  return parts.projects.find((project) => project.name === bound) ?? parts.projects[0];
}
