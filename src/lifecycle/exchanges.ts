import type { Reply } from '../bot/command.ts';

/** Waits for a message to be answered and for the answer to stand in the output. */
export class Exchanges {
  readonly #open = new Map<number, { reply: Reply | null; printed: boolean; resolve: (reply: Reply) => void }>();

  wait(inbox: number): Promise<Reply> {
    return new Promise((resolve) => {
      this.#open.set(inbox, { reply: null, printed: false, resolve });
    });
  }

  answered(inbox: number, reply: Reply): void {
    const open = this.#open.get(inbox);
    if (open === undefined) return;
    open.reply = reply;
    this.#settle(inbox);
  }

  printed(inbox: number): void {
    const open = this.#open.get(inbox);
    if (open === undefined) return;
    open.printed = true;
    this.#settle(inbox);
  }

  #settle(inbox: number): void {
    const open = this.#open.get(inbox);
    if (open?.printed !== true || open.reply === null) return;
    this.#open.delete(inbox);
    open.resolve(open.reply);
  }
}
