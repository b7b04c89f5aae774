import type { IngressKind } from '../../message/address.ts';
import type { ClimbedStep } from '../../pipeline/events.ts';
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
  readonly askedAt: number;
  readonly expiresAt: number;
  /** The steps by which it came to more people. */
  readonly climbed: readonly ClimbedStep[];
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
  readonly asked_at: number;
  readonly expires_at: number;
  readonly climbed: string;
}

/** The open questions to a second person, of all rooms. */
export class TwoPersonQuestions {
  readonly #put;
  readonly #get;
  readonly #all;
  readonly #climb;
  readonly #close;

  constructor(db: Db) {
    this.#put = db.prepare(
      'INSERT INTO two_person (asker, person, project, words, text, items, asked_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#get = db.prepare<[number], Row>('SELECT * FROM two_person WHERE id = ?');
    this.#all = db.prepare<[], Row>('SELECT * FROM two_person ORDER BY id');
    this.#climb = db.prepare("UPDATE two_person SET climbed = json_insert(climbed, '$[#]', json(?)) WHERE id = ?");
    this.#close = db.prepare('DELETE FROM two_person WHERE id = ?');
  }

  /** Opens a question in place of the same one of that person, and forgets those that expired long ago. Gives its number. */
  put(question: Omit<TwoPersonQuestion, 'id' | 'climbed'>, forgetBefore: number): number {
    const { asker, person, project, words, text, items, askedAt, expiresAt } = question;
    for (const open of this.all()) {
      const isSame = open.person === person && open.project === project && open.text === text;
      if (isSame || open.expiresAt < forgetBefore) this.close(open.id);
    }
    const given = this.#put.run(JSON.stringify(asker), person, project, words, text, JSON.stringify(items), askedAt, expiresAt);
    return Number(given.lastInsertRowid);
  }

  get(id: number): TwoPersonQuestion | null {
    const row = this.#get.get(id);
    return row === undefined ? null : toQuestion(row);
  }

  all(): TwoPersonQuestion[] {
    return this.#all.all().map(toQuestion);
  }

  /** Notes a step by which it came to more people. */
  climb(id: number, step: ClimbedStep): void {
    this.#climb.run(JSON.stringify(step), id);
  }

  /** An answer counts once. */
  close(id: number): void {
    this.#close.run(id);
  }

  forgetItem(project: string, item: number): void {
    for (const { id, items } of this.all()) if (items.some((of) => of.project === project && of.number === item)) this.close(id);
  }
}

function toQuestion({ id, asker, person, project, words, text, items, asked_at, expires_at, climbed }: Row): TwoPersonQuestion {
  return {
    id,
    asker: JSON.parse(asker) as Asker,
    person,
    project,
    words,
    text,
    items: JSON.parse(items) as AskedItem[],
    askedAt: asked_at,
    expiresAt: expires_at,
    climbed: JSON.parse(climbed) as ClimbedStep[],
  };
}
