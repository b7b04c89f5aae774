import {
  SendFailure,
  type OpensDirect,
  type RoomTrouble,
  type ServesPage,
  type ShowsWork,
  type Sink,
  type Transport,
} from '../../transports/transport.ts';
import { FileFailure, type FetchesFiles, type FileLimits } from '../../transports/files.ts';
import type { Clock } from '../clock.ts';
import { Supervisor } from './lifecycle/supervise.ts';
import type { Log } from '../log/log.ts';
import type { Address, FileTrouble, IncomingMessage, MessageFile } from '../message/address.ts';
import { err, ok, type Result } from '../result.ts';
import { givenUpWords } from '../words/absence.ts';
import { RoomTroubles } from './room-troubles.ts';
import type { NetworkState } from '../decide/network-state.ts';

/** The transports of a running Musher: the terminal, and the networks under supervision. */
export class Connections {
  readonly all: readonly Transport[];
  readonly #networks: readonly { readonly transport: Transport; readonly supervisor: Supervisor<Sink> }[];
  readonly #log: Pick<Log, 'outbox' | 'refusals'>;
  readonly #onProblem: (what: string, error: unknown) => void;
  /** Networks that have been connected. */
  readonly #opened = new Set<string>();
  readonly #troubles = new RoomTroubles();
  /** Called whenever a network has connected. */
  readonly #waiting = new Set<() => void>();

  constructor(
    terminal: Transport,
    networks: readonly Transport[],
    log: Pick<Log, 'outbox' | 'refusals'>,
    clock: Clock,
    onProblem: (what: string, error: unknown) => void,
    onOpened: () => void,
  ) {
    this.all = [terminal, ...networks];
    this.#log = log;
    this.#onProblem = onProblem;
    this.#networks = networks.map((transport) => {
      const supervised = {
        name: transport.name,
        start: async (sink: Sink): Promise<void> => {
          await transport.start(sink);
          this.#opened.add(transport.name);
          onOpened();
          for (const look of this.#waiting) look();
        },
        stop: (signal: AbortSignal) => transport.stop(signal),
      };
      const onFailure = (error: unknown): void => onProblem(`${transport.name} cannot start`, error);
      return { transport, supervisor: new Supervisor<Sink>(supervised, clock, Math.random, onFailure) };
    });
  }

  named(name: string): Transport | null {
    return this.all.find((transport) => transport.name === name) ?? null;
  }

  /** Whether a network has been connected since the start; it may be reconnecting now. The terminal always is. */
  isOpen(name: string): boolean {
    return this.#opened.has(name) || this.all[0]?.name === name;
  }

  /** Where the page is; null: it is not served now. */
  pageAddress(): string | null {
    const served = this.all.flatMap((transport) =>
      servesPage(transport) && transport.health().state === 'online' ? [transport.address()] : [],
    );
    return served.find((address) => address !== null) ?? null;
  }

  /** Begins to connect the networks; none keeps another, or this call, waiting. */
  startNetworks(sink: Sink): void {
    for (const { supervisor } of this.#networks) supervisor.start(sink);
  }

  /** The room of the conversation with somebody, by the first of their ids whose network opens one; null: none ever will. Rejects where one may later. */
  async openDirect(ids: readonly string[]): Promise<{ readonly transport: string; readonly room: string } | null> {
    let passing: unknown = null;
    for (const id of ids) {
      const name = id.slice(0, id.indexOf(':'));
      const transport = this.named(name);
      if (transport === null || !opensDirect(transport)) continue;
      try {
        return { transport: name, room: await transport.direct(id.slice(name.length + 1)) };
      } catch (error) {
        if (!(error instanceof SendFailure) || error.outcome !== 'rejected') passing ??= error;
        else this.#onProblem(`a direct message on ${name}`, error);
      }
    }
    if (passing !== null) throw passing;
    return null;
  }

  async stopNetworks(signal: AbortSignal): Promise<void> {
    const ended = await Promise.allSettled(this.#networks.map(({ supervisor }) => supervisor.stop(signal)));
    ended.forEach((end, i) => {
      if (end.status === 'rejected') this.#onProblem(`ending ${this.#networks[i]?.transport.name ?? ''}`, end.reason);
    });
  }

  /** What became of the latest try of a room's messages: null, it was sent. */
  tried(to: Address, failure: { readonly error: unknown; readonly dead: boolean } | null): void {
    this.#troubles.tried(to, failure);
  }

  /** Shows that a message is worked on, where its network can; a sign that fails is only a sign less. */
  showWork(message: IncomingMessage, working: boolean): void {
    const transport = this.named(message.at.transport);
    if (transport === null || !canShowWork(transport) || !this.isOpen(transport.name)) return;
    transport.showWork(message, working).catch((error: unknown) => this.#onProblem(`showing work on ${transport.name}`, error));
  }

  /** The bytes of a file that came with a message, once its network is connected; why not, where it can't be had. */
  async fetchFile({ at }: IncomingMessage, file: MessageFile, limits: FileLimits): Promise<Result<Uint8Array, FileTrouble>> {
    const transport = this.named(at.transport);
    if (transport === null || !canFetch(transport)) return err('elsewhere');
    await this.#whenOpen(transport.name, limits.signal);
    if (limits.signal.aborted) return err('no-answer');
    try {
      return ok(await transport.fetchFile(file, limits));
    } catch (error) {
      this.#onProblem(`a file of a message on ${transport.name}`, error);
      return err(error instanceof FileFailure ? error.why : 'no-answer');
    }
  }

  #whenOpen(name: string, signal: AbortSignal): Promise<void> {
    if (this.isOpen(name) || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        this.#waiting.delete(look);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const look = (): void => {
        if (this.isOpen(name)) end();
      };
      this.#waiting.add(look);
      signal.addEventListener('abort', end, { once: true });
    });
  }

  states(): NetworkState[] {
    const waiting = new Map(this.#log.outbox.waiting().map((row) => [row.transport, row]));
    const givenUp = this.#log.refusals.givenUp();
    return this.all.map((transport) => {
      const { state, since, lastEvent, problem, rooms = [] } = transport.health();
      const supervisor = this.#networks.find((one) => one.transport === transport)?.supervisor;
      const row = waiting.get(transport.name);
      return {
        name: transport.name,
        isLocal: supervisor === undefined,
        state,
        since,
        lastEvent,
        problem: problem ?? supervisor?.problem ?? null,
        waiting: row?.n ?? 0,
        oldest: row?.oldest ?? null,
        unsent: onePerRoom([
          ...rooms,
          ...this.#troubles.of(transport.name),
          ...givenUp.filter((lost) => lost.transport === transport.name).map(({ room, n }) => ({ room, why: givenUpWords(n) })),
        ]),
      };
    });
  }
}

/** Of a room with several troubles the first. */
function onePerRoom(troubles: readonly RoomTrouble[]): RoomTrouble[] {
  return troubles.filter(({ room }, index) => troubles.findIndex((one) => one.room === room) === index);
}

function servesPage(transport: Transport): transport is Transport & ServesPage {
  return 'address' in transport;
}

function opensDirect(transport: Transport): transport is Transport & OpensDirect {
  return 'direct' in transport;
}

function canFetch(transport: Transport): transport is Transport & FetchesFiles {
  return 'fetchFile' in transport;
}

function canShowWork(transport: Transport): transport is Transport & ShowsWork {
  return 'showWork' in transport;
}
