import { Backoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log/log.ts';
import type { ButtonMessage, Occasion } from '../log/tables/button-messages.ts';
import { closed } from '../message/build.ts';
import type { Document, Inline } from '../message/document.ts';
import type { Millis } from '../pipeline/values.ts';

interface MessageRef {
  readonly transport: string;
  readonly room: string;
  readonly id: string;
}

/** A network that can remove the buttons of a message: it shows `body` in its place, or changes nothing. It never sends a new message. */
export interface Retiring {
  readonly name: string;
  retire?(ref: MessageRef, body: Document): Promise<void>;
}

/** How long to wait after a commit, so that a burst of commits causes one look. */
const SOON_MS = 500;
/** Questions expire without a commit, so look this often in any case. */
const EVERY_MS = 30_000;
const MOST_TRIES = 10;
/** 5, 10, 20 … seconds, at most 10 minutes; after 10 tries (about 30 minutes) the buttons stay. */
const RETRIES = new Backoff({ first: 5_000, longest: 10 * 60_000, jitter: 0 });

export interface RetireParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly transports: readonly Retiring[];
  readonly isOpen: (network: string) => boolean;
  /** What to show in place of buttons that no longer mean anything; null: they still count. */
  readonly over: (occasion: Occasion, now: Millis) => readonly Inline[] | null;
  readonly onProblem: (what: string, error: unknown) => void;
}

/**
 * Replaces the buttons of messages once they no longer mean anything: the question was answered or expired, the item
 * moved on. The work is read from the log each time, so a crash loses nothing. A press that comes earlier is answered by
 * the command, as if it had been typed.
 */
export function retireButtons(parts: RetireParts): { stop(): Promise<void> } {
  const { log, clock, onProblem } = parts;
  let stopped = false;
  let due = Number.POSITIVE_INFINITY;
  let cancel = (): void => undefined;
  let working: Promise<void> | null = null;

  const lookAt = (time: number): void => {
    if (stopped || time >= due) return;
    cancel();
    due = time;
    cancel = clock.at(time, () => {
      due = Number.POSITIVE_INFINITY;
      working = look().finally(() => (working = null));
    });
  };
  const look = async (): Promise<void> => {
    try {
      closeThoseOver(parts);
      for (const message of log.buttons.inState('closing', clock.now())) {
        if (stopped) return;
        await retire(parts, message);
      }
    } catch (error) {
      onProblem('removing buttons', error);
    }
    lookAt(clock.now() + EVERY_MS);
  };
  const unlisten = log.onCommit(() => (working === null ? lookAt(clock.now() + SOON_MS) : undefined));
  lookAt(clock.now());
  return {
    async stop() {
      stopped = true;
      cancel();
      unlisten();
      await working;
    },
  };
}

function closeThoseOver({ log, clock, over: whyOver }: RetireParts): void {
  const over = log.buttons.inState('open', clock.now()).flatMap((message) => {
    const why = whyOver(message.occasion, clock.now());
    return why === null ? [] : [{ message, why }];
  });
  if (over.length === 0) return;
  log.transaction((tx) => {
    for (const { message, why } of over) {
      const instead = closed(message.plain, why);
      // A message that is not sent yet is sent without its buttons.
      if (tx.outbox.replaceUntried(message.id, instead)) tx.buttons.drop(message.id);
      else tx.buttons.close(message.id, instead);
    }
  });
}

async function retire({ log, clock, transports, isOpen, onProblem }: RetireParts, message: ButtonMessage): Promise<void> {
  const transport = transports.find(({ name }) => name === message.transport);
  const sent = log.outbox.stateOf(message.id);
  if (transport?.retire === undefined || sent === null || sent === 'dead') return log.buttons.drop(message.id);
  if (message.ref === null) return sent === 'sent' ? log.buttons.drop(message.id) : undefined;
  if (!isOpen(message.transport)) return;
  try {
    // Written by `shown`, from the network's answer.
    await transport.retire(message.ref as MessageRef, message.plain);
    log.buttons.drop(message.id);
  } catch (error) {
    if (message.attempts + 1 >= MOST_TRIES || (error instanceof Error && 'outcome' in error && error.outcome === 'rejected')) {
      onProblem(`the buttons of message ${message.id} could not be removed`, error);
      log.buttons.drop(message.id);
    } else log.buttons.tryLater(message.id, clock.now() + RETRIES.after(message.attempts + 1));
  }
}
