import type { Clock } from '../../src/clock.ts';
import { rateLimitOf, slackError } from './failure.ts';
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

/** Slack tells of a new name only those who follow every change of every account. */
const AGAIN_MS = 5 * 60_000;

/** Reads how people call the bot, which may be renamed while it is connected, at once and every five minutes; returns how to end that. */
export function watchBotNames(
  { call, clock, report }: { readonly call: CallSlack; readonly clock: Clock; readonly report: (error: unknown) => void },
  bot: string,
  called: (names: readonly string[]) => void,
): () => void {
  let ended = false;
  let cancel = (): void => {};
  const look = async (): Promise<void> => {
    try {
      const user = objectOf(await call('users.info', { user: bot }), 'user');
      const profile = objectOf(user, 'profile');
      const names = [textOf(user, 'name'), textOf(profile, 'display_name'), textOf(profile, 'real_name')];
      if (!ended) called([...new Set(names.filter((name) => name !== null && name !== ''))] as string[]);
    } catch (error) {
      // A refusal leaves the name that the token told; what else is wrong shows elsewhere.
      if (slackError(error) === null && rateLimitOf(error) === null && !ended) report(error);
    }
    if (!ended) cancel = clock.at(clock.now() + AGAIN_MS, () => void look());
  };
  void look();
  return () => {
    ended = true;
    cancel();
  };
}
