import { BOUNDS } from '../../bounds.ts';
import { pause, type Clock } from '../../clock.ts';
import type { FileTrouble, IncomingMessage, MessageFile } from '../../message/address.ts';
import { safeName, safeType, type SentFile } from '../../pipeline/told/sent-file.ts';
import type { Result } from '../../result.ts';
import type { MissingFile } from '../../words/files/files.ts';

/** A network that gave no answer is asked so often, with so long in between. */
const TRIES = 3;
const AGAIN_MS = 1_000;

/** How the files of messages are had and kept. */
export interface FileIntake {
  /** The bytes of a file, from the network that brought it; waits until that network is connected. Never rejects. */
  fetch(
    message: IncomingMessage,
    file: MessageFile,
    limits: { readonly bytes: number; readonly signal: AbortSignal },
  ): Promise<Result<Uint8Array, FileTrouble>>;
  /** Keeps it beside the log and gives its hash; rejects where it can't. */
  keep(bytes: Uint8Array): Promise<string>;
}

/** What became of a message's files: each is in one of both. */
export interface FetchedFiles {
  readonly files: readonly SentFile[];
  readonly missing: readonly MissingFile[];
}

/**
 * Fetches the files of a message one after the other, within one time limit for all. What can't be had is named and keeps nothing
 * else from its effect. May be done twice after a crash: the same bytes are kept once.
 */
export async function fetchFiles(
  intake: FileIntake,
  clock: Clock,
  message: IncomingMessage,
  stopping: AbortSignal,
  onProblem: (error: unknown) => void,
): Promise<FetchedFiles> {
  const files: SentFile[] = [];
  const missing: MissingFile[] = [];
  const late = new AbortController();
  const cancel = clock.at(clock.now() + BOUNDS.fileTime, () => late.abort());
  try {
    for (const [index, file] of (message.files ?? []).entries()) {
      const name = safeName(file.name);
      const got = await one(intake, clock, message, file, index, AbortSignal.any([late.signal, stopping]), onProblem);
      if (typeof got === 'string') missing.push({ name, why: got });
      else files.push({ hash: got.hash, name, type: safeType(file.type), bytes: got.bytes });
    }
  } finally {
    cancel();
  }
  return { files, missing };
}

async function one(
  intake: FileIntake,
  clock: Clock,
  message: IncomingMessage,
  file: MessageFile,
  index: number,
  signal: AbortSignal,
  onProblem: (error: unknown) => void,
): Promise<FileTrouble | { readonly hash: string; readonly bytes: number }> {
  if (index >= BOUNDS.filesOfMessage) return 'too-many';
  if (file.bytes !== null && file.bytes > BOUNDS.fileBytes) return 'too-large';
  if (signal.aborted) return 'no-answer';
  let got = await intake.fetch(message, file, { bytes: BOUNDS.fileBytes, signal });
  for (let tries = 1; !got.ok && got.error === 'no-answer' && !signal.aborted && tries < TRIES; tries += 1) {
    await pause(clock, AGAIN_MS, signal);
    got = await intake.fetch(message, file, { bytes: BOUNDS.fileBytes, signal });
  }
  if (!got.ok) return got.error;
  try {
    return { hash: await intake.keep(got.value), bytes: got.value.length };
  } catch (error) {
    onProblem(error);
    return 'not-stored';
  }
}
