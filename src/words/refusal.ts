import type { Reply } from './reply.ts';

/** Thrown inside a transaction to undo it. It never leaves the context that opened the transaction. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(reply.code ?? 'refused');
    this.name = 'Refusal';
    this.reply = reply;
  }
}
