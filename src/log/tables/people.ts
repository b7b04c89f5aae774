import type { Actor } from '../../pipeline/actor.ts';
import type { Db } from '../database.ts';

/** How a network calls a person who has no name in the configuration. */
export interface KnownName {
  readonly name: string;
  /** The name as it is compared with others: those that look alike are the same. */
  readonly looks: string;
  /** When the network told it, ms since the epoch. */
  readonly learnt: number;
}

/** The names that networks gave to the people who may use Musher, one for each identity. Rights never read them. */
export class People {
  readonly #get;
  readonly #put;
  readonly #alike;
  readonly #forget;

  constructor(db: Db) {
    this.#get = db.prepare<[string], KnownName>('SELECT name, looks, learnt FROM people WHERE person = ?');
    this.#put = db.prepare('INSERT OR REPLACE INTO people (person, name, looks, learnt) VALUES (?, ?, ?, ?)');
    this.#alike = db.prepare<[string], number>('SELECT count(*) FROM people WHERE looks = ?').pluck();
    this.#forget = db.prepare('DELETE FROM people WHERE person = ?');
  }

  /** `person`: the network and the stable id, as events name who did it. */
  get(person: Actor): KnownName | null {
    return this.#get.get(person) ?? null;
  }

  put(person: Actor, { name, looks, learnt }: KnownName): void {
    this.#put.run(person, name, looks, learnt);
  }

  /** How many people's names look like this. */
  alike(looks: string): number {
    return this.#alike.get(looks) ?? 0;
  }

  forget(person: Actor): void {
    this.#forget.run(person);
  }
}
