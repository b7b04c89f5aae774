import type { IngressKind } from '../../message/address.ts';
import type { Db } from '../database.ts';
import type { AskedItem } from './confirmations.ts';

/** A command that a person has typed and a second one has to confirm. */
export interface TwoPersonQuestion {
  /** Never used again: an old button answers no newer question. People type it as `q7`. */
  readonly id: number;
  /** Where and by whom it was typed: it runs as that. */
  readonly asker: Asker;
  /** The configured name of who typed it. */
  readonly person: string;
  /** The room's project when it was asked. */
  readonly project: string;
  /** The command's words, for the audit. */
  readonly words: string;
  readonly text: string;
  readonly items: readonly AskedItem[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Who a command runs as: where it was typed and how it came in, on which rights depend. */
export interface Asker {
  readonly transport: string;
  readonly room: string;
  readonly sender: string;
  /** As the network shows it. */
  readonly name: string;
  readonly ingress: IngressKind;
  readonly direct: boolean;
}

interface Row {
  readonly id: number;
  readonly asker: string;
  readonly person: string;
  readonly project: string;
  readonly words: string;
  readonly text: string;
  readonly items: string;
  readonly expires_at: number;
}

/** The open questions to a second person, of all rooms. */
export class TwoPersonQuestions {
  readonly #put;
  readonly #get;
  readonly #all;
  readonly #close;

  constructor(db: Db) {
    this.#put = db.prepare('INSERT INTO two_person (asker, person, project, words, text, items, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#get = db.prepare<[number], Row>('SELECT * FROM two_person WHERE id = ?');
    this.#all = db.prepare<[], Row>('SELECT * FROM two_person ORDER BY id');
    this.#close = db.prepare('DELETE FROM two_person WHERE id = ?');
  }

  /** Opens a question in place of the same one of that person, and forgets those that expired long ago. Gives its number. */
  put(question: Omit<TwoPersonQuestion, 'id'>, forgetBefore: number): number {
    const { asker, person, project, words, text, items, expiresAt } = question;
    for (const open of this.all()) {
      const isSame = open.person === person && open.project === project && open.text === text;
      if (isSame || open.expiresAt < forgetBefore) this.close(open.id);
    }
    const given = this.#put.run(JSON.stringify(asker), person, project, words, text, JSON.stringify(items), expiresAt);
    return Number(given.lastInsertRowid);
  }

  get(id: number): TwoPersonQuestion | null {
    const row = this.#get.get(id);
    return row === undefined ? null : toQuestion(row);
  }

  all(): TwoPersonQuestion[] {
    return this.#all.all().map(toQuestion);
  }

  /** An answer counts once. */
  close(id: number): void {
    this.#close.run(id);
  }

  forgetItem(project: string, item: number): void {
    for (const { id, items } of this.all()) if (items.some((of) => of.project === project && of.number === item)) this.close(id);
  }
}

function toQuestion({ id, asker, person, project, words, text, items, expires_at }: Row): TwoPersonQuestion {
  return {
    id,
    asker: JSON.parse(asker) as Asker,
    person,
    project,
    words,
    text,
    items: JSON.parse(items) as AskedItem[],
    expiresAt: expires_at,
  };
}
