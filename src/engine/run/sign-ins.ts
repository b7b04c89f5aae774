import { signedIn } from '../../agents/sign-in.ts';
import type { Clock } from '../../clock.ts';
import type { AgentSettings } from '../../config/settings.ts';

/** So long an account that was signed in is taken to be so still. */
const BELIEVED_MS = 10 * 60_000;

/** Looks whether somebody is signed in before a run begins, so that neither money nor an attempt goes into finding it out. */
export class SignIns {
  readonly #clock: Clock;
  readonly #env: Readonly<Record<string, string | undefined>>;
  /** When an account was last seen to be signed in. */
  readonly #seen = new Map<string, number>();

  constructor(clock: Clock, env: Readonly<Record<string, string | undefined>>) {
    this.#clock = clock;
    this.#env = env;
  }

  /** False only if the program says so itself. After `forget` (a refusal), the program is asked again. */
  async mayStart(agent: AgentSettings, account: string | null): Promise<boolean> {
    const key = account ?? agent.name;
    const seen = this.#seen.get(key);
    if (seen !== undefined && this.#clock.now() - seen < BELIEVED_MS) return true;
    const state = await signedIn(agent, environmentOf(agent, account), this.#env);
    if (state === 'in') this.#seen.set(key, this.#clock.now());
    return state !== 'out';
  }

  /** The account was refused. */
  forget(agent: AgentSettings, account: string | null): void {
    this.#seen.delete(account ?? agent.name);
  }
}

/** What makes an agent's program use one of its accounts; nothing where it has none of its own. */
export function environmentOf({ accounts = [] }: AgentSettings, account: string | null): Readonly<Record<string, string>> {
  return accounts.find(({ name }) => name === account)?.env ?? {};
}
