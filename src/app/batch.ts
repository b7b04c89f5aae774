import { doc, paragraph } from '../message/build.ts';
import { plainText } from '../message/plain.ts';
import { createInterface } from 'node:readline';
import { ARCHIVE_REASONS, STAGES, type WorkItem } from '../pipeline/types.ts';
import { nearest } from '../nearest.ts';
import { stepWords } from '../words/item/step.ts';
import type { Reader } from '../words/reader.ts';
import type { Step } from '../pipeline/next/step.ts';

/** What a script needs of the running Musher. */
export interface BatchParts {
  readonly input: NodeJS.ReadableStream;
  /** Complaints, one line each, naming the line of the script. */
  readonly complain: (text: string) => void;
  /** Sends a message as the local owner; resolves when its final reply is in the output. */
  readonly say: (text: string) => Promise<{ ok: boolean; code: string | null }>;
  /** The item that a word like `42` or `shop#42` names; null if there is none. */
  readonly find: (word: string) => WorkItem | null;
  /** Whether a command is set for later on an item. */
  readonly hasTimer: (item: WorkItem) => boolean;
  readonly step: (item: WorkItem) => Step;
  /** Where the complaints about an item are read. */
  readonly reader: (item: WorkItem) => Reader;
  /** Waits for the log, as `Log.when` does. */
  readonly when: <T>(look: () => T | null, signal: AbortSignal, timeoutMs: number) => Promise<T | null>;
  /** Resolves when everything that was to be shown so far is in the output. */
  readonly flush: () => Promise<void>;
  readonly signal: AbortSignal;
}

const LONGEST_WAIT_S = 24 * 60 * 60;
/** Characters of a line that a complaint repeats. */
const LONGEST_NAMED = 100;
const STOPPED = 'Musher was stopped.';
/** States that `wait` knows besides the stages, and how an item shows them. */
const STATES: ReadonlyMap<string, (item: WorkItem) => boolean> = new Map([
  ...STAGES.map((stage) => [stage.toLowerCase(), (item: WorkItem) => item.deletedAt === null && item.stage.name === stage] as const),
  ...ARCHIVE_REASONS.map(
    (reason) =>
      [
        reason.toLowerCase(),
        (item: WorkItem) => item.deletedAt === null && item.stage.name === 'archived' && item.stage.reason.kind === reason,
      ] as const,
  ),
  ['running', (item) => item.deletedAt === null && item.execution.state === 'running'],
  ['idle', (item) => item.execution.state === 'idle'],
  ['ratelimited', (item) => item.execution.state === 'rateLimited'],
  ['held', (item) => item.held !== null],
  ['deleted', (item) => item.deletedAt !== null && item.removal?.state !== 'asked'],
  ['purged', (item) => item.removal?.state === 'purged'],
]);

/**
 * Runs a script: one message a line, `wait <item> <state> [seconds]`, `#` for comments, a backslash at the end of a
 * line to continue in the next. Resolves to the exit code: 0 when every command succeeded and every wait was met.
 */
export async function runBatch(parts: BatchParts): Promise<number> {
  let failed = false;
  const fail = (line: number, text: string): void => {
    failed = true;
    parts.complain(`line ${line}: ${text}`);
  };
  for await (const { number, text } of messages(parts.input, parts.signal)) {
    if (parts.signal.aborted) break;
    const trimmed = text.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const words = trimmed.split(/\s+/);
    const named = firstLine(trimmed);
    if (words[0]?.toLowerCase() === 'wait') {
      const problem = await wait(parts, words.slice(1));
      await parts.flush();
      if (problem !== null) fail(number, `${named}: ${problem}`);
      continue;
    }
    const reply = await orStopped(parts.say(text), parts.signal);
    if (reply === null) {
      fail(number, `${named}: ${STOPPED}`);
      break;
    }
    // Notices so far are printed before the next reply.
    await parts.flush();
    if (!reply.ok) fail(number, `${named}: refused (${reply.code ?? 'no code'}).`);
  }
  await parts.flush();
  return failed || parts.signal.aborted ? 1 : 0;
}

/** A message as a complaint names it. */
function firstLine(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return line.length > LONGEST_NAMED ? `${line.slice(0, LONGEST_NAMED)}…` : line;
}

/** The value, or null if the signal comes first: a command may wait for longer than Musher has left. */
function orStopped<T>(value: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const stopped = (): void => resolve(null);
    signal.addEventListener('abort', stopped, { once: true });
    if (signal.aborted) stopped();
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', stopped));
  });
}

/** The script's messages, each with the number of its first line. Ends with the signal, also where the next line has not come. */
async function* messages(input: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<{ number: number; text: string }> {
  let number = 0;
  let started = 0;
  let held: string[] = [];
  for await (const line of createInterface({ input, crlfDelay: Infinity, signal })) {
    number += 1;
    if (held.length === 0) started = number;
    const comment = held.length === 0 && line.trimStart().startsWith('#');
    if (!comment && line.endsWith('\\')) {
      held.push(line.slice(0, -1));
      continue;
    }
    yield { number: started, text: [...held, line].join('\n') };
    held = [];
  }
  if (held.length > 0) yield { number: started, text: held.join('\n') };
}

/** Waits for an item to reach a state; null when it did, else what is wrong. Gives up at once where waiting can't help. */
async function wait(parts: BatchParts, words: readonly string[]): Promise<string | null> {
  const [ref = '', wanted = '', limit = '60'] = words;
  const name = wanted.toLowerCase().replaceAll(/[-_]/g, '');
  const reached = STATES.get(name);
  const seconds = Number(limit);
  if (words.length < 2 || words.length > 3) return 'usage: `wait <item> <state> [seconds]`.';
  if (reached === undefined) {
    const near = nearest(name, STATES.keys());
    return `there is no state ${wanted}${near === null ? '' : `; did you mean ${near}`}. States: ${[...STATES.keys()].join(', ')}.`;
  }
  if (!(seconds > 0 && seconds <= LONGEST_WAIT_S)) return `${limit} is not a number of seconds from 1 to ${LONGEST_WAIT_S}.`;
  if (parts.find(ref) === null) return `there is no item ${ref}.`;

  const look = (): { readonly problem: string | null } | null => {
    const item = parts.find(ref);
    if (item === null) return null;
    if (reached(item)) return { problem: null };
    const isHopeless = !parts.hasTimer(item) && hopeless(item, parts.step(item));
    return isHopeless ? { problem: `waiting won’t help: ${stands(item, parts.step(item), parts.reader(item))}` } : null;
  };
  const end = await parts.when(look, parts.signal, seconds * 1000);
  if (end !== null) return end.problem;
  if (parts.signal.aborted) return STOPPED;
  const item = parts.find(ref);
  return `not reached in ${seconds} s: ${item === null ? 'the item is gone' : stands(item, parts.step(item), parts.reader(item))}`;
}

/** Whether only a person can make the item move, and in a script nobody is there. */
function hopeless(item: WorkItem, step: Step): boolean {
  if (item.deletedAt !== null) return item.removal?.state !== 'asked' || item.removal === null;
  if (step.do === 'rest') return item.stage.name !== 'done';
  return step.do === 'wait' && (step.never || ['start', 'approval', 'hold', 'unblock', 'acceptance', 'configuration'].includes(step.for));
}

function stands(item: WorkItem, step: Step, reader: Reader): string {
  const where = item.deletedAt === null ? `in ${item.stage.name}, ` : '';
  return `${item.number} is ${where}${plainText(doc(paragraph(...stepWords(item, step, reader))), { width: 1_000 })}.`;
}
