import { Backoff } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log/log.ts';
import type { ButtonMessage } from '../log/tables/button-messages.ts';
import { doc, emphasis, join, paragraph } from '../message/build.ts';
import type { Document } from '../message/document.ts';

interface MessageRef {
  readonly transport: string;
  readonly room: string;
  readonly id: string;
}

/** A network that can take the buttons off a message: it shows `body` there, or changes nothing, but never shows anything anew. */
export interface Retiring {
  readonly name: string;
  retire?(ref: MessageRef, body: Document): Promise<void>;
}

/** Looks follow a commit after this long, so that a burst of commits is one look. */
const SOON_MS = 500;
/** Questions expire without a commit. */
const EVERY_MS = 30_000;
const MOST_TRIES = 10;
/** 5, 10, 20 … seconds, at most 10 minutes; after 10 tries (about 30 minutes) the buttons stay. */
const RETRIES = new Backoff({ first: 5_000, longest: 10 * 60_000, jitter: 0 });

export interface RetireParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly transports: readonly Retiring[];
  readonly isOpen: (network: string) => boolean;
  readonly onProblem: (what: string, error: unknown) => void;
}

/**
 * Takes the buttons off messages when they mean nothing any more: the question was answered or is too old, the item moved
 * on. What is to be done is read off the log each time, so a crash forgets nothing; a press that comes before gets its
 * answer from the command, as one that was typed.
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
      onProblem('taking buttons away', error);
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

function closeThoseOver({ log, clock }: RetireParts): void {
  const over = log.buttons.inState('open', clock.now()).flatMap((message) => {
    const why = whyOver(log, message, clock.now());
    return why === null ? [] : [{ message, why }];
  });
  if (over.length === 0) return;
  log.transaction((tx) => {
    for (const { message, why } of over) {
      const instead = join(message.plain, doc(paragraph(emphasis(why))));
      // Where it waits to be sent it is sent without.
      if (tx.outbox.replaceUntried(message.id, instead)) tx.buttons.drop(message.id);
      else tx.buttons.close(message.id, instead);
    }
  });
}

/** Why nobody should press it any more, for whoever reads it; null: it still stands. */
function whyOver(log: Log, { occasion }: ButtonMessage, now: number): string | null {
  if (occasion.kind === 'question') {
    if (!log.confirmations.isOpen(occasion.id)) return 'This question is closed.';
    return occasion.expiresAt <= now ? 'This question is too old now; nothing was done.' : null;
  }
  const item = log.reads.item(occasion.project, occasion.number);
  if (item === null || item.deletedAt !== null) return 'It was deleted since.';
  if (item.stage.name !== occasion.stage) return `It has moved on to ${item.stage.name}.`;
  return item.stageSince === occasion.since ? null : 'It was worked on since.';
}

async function retire({ log, clock, transports, isOpen, onProblem }: RetireParts, message: ButtonMessage): Promise<void> {
  const transport = transports.find(({ name }) => name === message.transport);
  const sent = log.outbox.stateOf(message.id);
  if (transport?.retire === undefined || sent === null || sent === 'dead') return log.buttons.drop(message.id);
  if (message.ref === null) return sent === 'sent' ? log.buttons.drop(message.id) : undefined;
  if (!isOpen(message.transport)) return;
  try {
    // Written by `shown`, from what the network gave.
    await transport.retire(message.ref as MessageRef, message.plain);
    log.buttons.drop(message.id);
  } catch (error) {
    if (message.attempts + 1 >= MOST_TRIES || (error instanceof Error && 'outcome' in error && error.outcome === 'rejected')) {
      onProblem(`the buttons of message ${message.id} stay`, error);
      log.buttons.drop(message.id);
    } else log.buttons.tryLater(message.id, clock.now() + RETRIES.after(message.attempts + 1));
  }
}
