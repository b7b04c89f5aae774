import { slackError } from './failure.ts';
import { objectOf, textOf } from './intake/payload.ts';
import type { CallSlack } from './web-api.ts';

const MOST_NAMES = 5_000;

/** Names of people, for people's eyes: asked for once, after the first message, which goes without. */
export class Names {
  readonly #known = new Map<string, string>();
  readonly #call: CallSlack;
  readonly #report: (error: unknown) => void;

  constructor(call: CallSlack, report: (error: unknown) => void) {
    this.#call = call;
    this.#report = report;
  }

  /** The name as far as it is known, otherwise the id. */
  of(user: string): string {
    const known = this.#known.get(user);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_NAMES) this.#known.clear();
    this.#known.set(user, user);
    void this.#ask(user);
    return user;
  }

  async #ask(user: string): Promise<void> {
    try {
      const found = objectOf(await this.#call('users.info', { user }), 'user');
      const name = textOf(objectOf(found, 'profile'), 'display_name') ?? textOf(found, 'real_name') ?? textOf(found, 'name');
      if (name !== null) this.#known.set(user, name);
    } catch (error) {
      // A refusal leaves the id, which says it too; a broken connection may be fixed at the next message.
      if (slackError(error) !== null) return;
      this.#known.delete(user);
      this.#report(error);
    }
  }
}
