import type { Reply } from '../../words/reply.ts';

/** Waits for a message to be answered and for the answer to be in the output. */
export class AwaitedReplies {
  readonly #open = new Map<number, { reply: Reply | null; printed: boolean; resolve: (reply: Reply) => void }>();

  /** A message that won't be answered soon, and the reply for everybody who waits for it or a later one. */
  #stuck: { readonly inbox: number; readonly reply: Reply } | null = null;

  wait(inbox: number): Promise<Reply> {
    if (this.#stuck !== null) return Promise.resolve(this.#stuck.reply);
    return new Promise((resolve) => {
      this.#open.set(inbox, { reply: null, printed: false, resolve });
    });
  }

  answered(inbox: number, reply: Reply): void {
    if (this.#stuck?.inbox === inbox) this.#stuck = null;
    const open = this.#open.get(inbox);
    if (open === undefined) return;
    open.reply = reply;
    this.#settle(inbox);
  }

  /** The answer will not come soon, nor any behind it: whoever waits for one continues without. */
  stuck(inbox: number, reply: Reply): void {
    this.#stuck = { inbox, reply };
    const open = this.#open.get(inbox);
    this.#open.delete(inbox);
    open?.resolve(reply);
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
