import type { Address, Sender } from '../../message/address.ts';
import type { Db } from '../database.ts';

/** An answer that could not be shown, and where its asker was to be told so. */
export interface LostAnswer {
  readonly asker: Sender;
  /** Where it was asked. */
  readonly where: Pick<Address, 'transport' | 'room'>;
  /** Where it was tried to tell of it, the first place among them. */
  readonly tried: readonly Pick<Address, 'transport' | 'room'>[];
}

/** Messages of one room that were given up. */
export interface GivenUp {
  readonly transport: string;
  readonly room: string;
  readonly n: number;
  readonly newest: number;
}

/** The reply in which a person is shown what was given up, and the last message that it counts. */
interface Shown {
  readonly inbox: number;
  readonly upTo: number;
}

/** Messages that no network took: counted until a person has seen the count, and reported to the person who asked. */
export class Refusals {
  readonly #givenUp;
  readonly #last;
  readonly #get;
  readonly #put;
  readonly #lost;
  readonly #note;
  readonly #prune;

  constructor(db: Db) {
    this.#givenUp = db.prepare<[number], GivenUp>(
      "SELECT transport, room, count(*) AS n, max(created_at) AS newest FROM outbox INDEXED BY outbox_dead WHERE state = 'dead' AND id > ? GROUP BY transport, room",
    );
    this.#last = db
      .prepare<[], number | null>("SELECT id FROM outbox INDEXED BY outbox_dead WHERE state = 'dead' ORDER BY id DESC LIMIT 1")
      .pluck();
    this.#get = db.prepare<[string], string>("SELECT value FROM state WHERE scope = 'given-up' AND key = ?").pluck();
    this.#put = db.prepare("INSERT OR REPLACE INTO state (scope, key, value) VALUES ('given-up', ?, ?)");
    this.#lost = db.prepare<[number], string>('SELECT lost FROM lost_answers WHERE outbox = ?').pluck();
    this.#note = db.prepare('INSERT OR REPLACE INTO lost_answers (outbox, lost) VALUES (?, ?)');
    this.#prune = db.prepare('DELETE FROM lost_answers WHERE outbox < (SELECT min(id) FROM outbox)');
  }

  /** Messages that were given up since somebody was shown the count, by room. */
  givenUp(): GivenUp[] {
    return this.#givenUp.all(this.seenUpTo());
  }

  /** The number of the last message that was given up and whose count a person has seen. */
  seenUpTo(): number {
    return Number(this.#get.get('seen') ?? 0);
  }

  /** The answer to this message will show all that was given up until now. */
  shownIn(inbox: number): void {
    const upTo = this.#last.get() ?? null;
    if (upTo !== null && upTo > this.seenUpTo()) this.#put.run('shown', JSON.stringify({ inbox, upTo } satisfies Shown));
  }

  /** The answer to this message has reached the person who asked: they have seen what it showed. */
  reached(inbox: number): void {
    const text = this.#get.get('shown');
    if (text === undefined) return;
    const shown = JSON.parse(text) as Shown;
    if (shown.inbox === inbox && shown.upTo > this.seenUpTo()) this.#put.run('seen', String(shown.upTo));
  }

  /** Message `outbox` says that an answer was lost. */
  note(outbox: number, lost: LostAnswer): void {
    this.#note.run(outbox, JSON.stringify(lost));
  }

  /** What message `outbox` says to be lost; null: it says something else. */
  lostIn(outbox: number): LostAnswer | null {
    const text = this.#lost.get(outbox);
    return text === undefined ? null : (JSON.parse(text) as LostAnswer);
  }

  prune(): void {
    this.#prune.run();
  }
}
