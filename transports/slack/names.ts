import type { Clock } from '../../src/clock.ts';
import { rateLimitOf, slackError } from './failure.ts';
import { objectOf, textOf } from './intake/payload.ts';
import type { PeopleNames } from '../people.ts';
import type { CallSlack } from './web-api.ts';

const MOST_NAMES = 5_000;

/** Until a name is asked for again. */
const ASKED_AGAIN_MS = 24 * 60 * 60_000;

interface Asked {
  readonly name: string | null;
  readonly at: number;
}

/** Names of people, by workspace and id: asked for after the first message, which goes without if nobody knew them before. */
export class Names {
  readonly #asked = new Map<string, Asked>();
  readonly #call: CallSlack;
  readonly #people: PeopleNames;
  readonly #clock: Clock;
  readonly #report: (error: unknown) => void;

  constructor(call: CallSlack, people: PeopleNames, clock: Clock, report: (error: unknown) => void) {
    this.#call = call;
    this.#people = people;
    this.#clock = clock;
    this.#report = report;
  }

  /** The name as far as it is known, of `T1:U1`. */
  of(person: string): string | null {
    const known = this.#asked.get(person);
    const now = this.#clock.now();
    if (known === undefined || known.at + ASKED_AGAIN_MS <= now) {
      if (this.#asked.size >= MOST_NAMES) this.#asked.clear();
      this.#asked.set(person, { name: known?.name ?? null, at: now });
      void this.#ask(person, now);
    } else if (known.name !== null) this.#people.called(person, known.name);
    return known?.name ?? this.#people.nameOf(person);
  }

  async #ask(person: string, at: number): Promise<void> {
    try {
      const found = objectOf(await this.#call('users.info', { user: person.slice(person.indexOf(':') + 1) }), 'user');
      const names = [textOf(objectOf(found, 'profile'), 'display_name'), textOf(found, 'real_name'), textOf(found, 'name')];
      const name = names.find((one) => one !== null && one.trim() !== '') ?? null;
      if (name === null) return;
      this.#asked.set(person, { name, at });
      this.#people.called(person, name);
    } catch (error) {
      // A refusal leaves the id, which says it too; a broken connection may be fixed at the next message.
      if (slackError(error) !== null) return;
      this.#asked.delete(person);
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
