import type { EventInto } from '../../pipeline/kinds.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { Db } from '../database.ts';

/** An account that its provider has limited, or to which nobody is signed in, and that has not been seen to work since. */
export interface LimitedAccount {
  readonly account: string;
  readonly until: Millis;
  /** Limits in a row. */
  readonly times: number;
  /** Nobody is signed in: what a person types to do that, or nothing where nobody knows; null: it is limited. */
  readonly signIn: string | null;
}

/** The accounts that are limited: a few rows, gone when the account works again. */
export class Accounts {
  readonly #all;
  readonly #get;
  readonly #set;
  readonly #drop;

  constructor(db: Db) {
    this.#all = db.prepare<[], LimitedAccount>('SELECT account, until, times, sign_in AS signIn FROM accounts ORDER BY account');
    this.#get = db.prepare<[string], LimitedAccount>('SELECT account, until, times, sign_in AS signIn FROM accounts WHERE account = ?');
    this.#set = db.prepare('INSERT OR REPLACE INTO accounts (account, until, times, sign_in) VALUES (?, ?, ?, ?)');
    this.#drop = db.prepare('DELETE FROM accounts WHERE account = ?');
  }

  all(): LimitedAccount[] {
    return this.#all.all();
  }

  get(account: string): LimitedAccount | null {
    return this.#get.get(account) ?? null;
  }

  /** Keeps the table in step with the log. */
  apply(event: EventInto<'accounts'>): void {
    switch (event.kind) {
      case 'account.limited':
        this.#set.run(event.payload.account, event.payload.until, event.payload.times, event.payload.signIn ?? null);
        return;
      case 'account.recovered':
        this.#drop.run(event.payload.account);
    }
  }
}
