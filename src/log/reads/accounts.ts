import type { EventInto } from '../../pipeline/kinds.ts';
import type { Millis } from '../../pipeline/values.ts';
import type { Db } from '../database.ts';

/** An account that its provider has limited, and that has not been seen to work since. */
export interface LimitedAccount {
  readonly account: string;
  readonly until: Millis;
  /** Limits in a row. */
  readonly times: number;
}

/** The accounts that are limited: a few rows, gone when the account works again. */
export class Accounts {
  readonly #all;
  readonly #get;
  readonly #set;
  readonly #drop;

  constructor(db: Db) {
    this.#all = db.prepare<[], LimitedAccount>('SELECT account, until, times FROM accounts ORDER BY account');
    this.#get = db.prepare<[string], LimitedAccount>('SELECT account, until, times FROM accounts WHERE account = ?');
    this.#set = db.prepare('INSERT OR REPLACE INTO accounts (account, until, times) VALUES (?, ?, ?)');
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
        this.#set.run(event.payload.account, event.payload.until, event.payload.times);
        return;
      case 'account.recovered':
        this.#drop.run(event.payload.account);
    }
  }
}
