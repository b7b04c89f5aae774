import { open, type FileHandle } from 'node:fs/promises';
import { BOUNDS } from '../bounds.ts';
import { LINE_BYTES } from './process/follow.ts';
import { runFiles } from './process/run-files.ts';
import { rawEvent, wholeText } from './raw-event.ts';
import { readRecord } from './supervision/run-record.ts';
import { RUNTIMES } from './runtimes/index.ts';
import { pricing } from './runtimes/pricing.ts';
import type { OutputParser } from './runtimes/runtime.ts';
import type { Signal } from './supervision/signals.ts';
import { oneLine, tail } from './text.ts';
import { NO_USAGE } from '../pipeline/usage.ts';

/** One thing that an agent said or did. */
export interface Entry {
  /** Where its line begins in the output, in bytes: its name as long as the output is not rewritten. */
  readonly at: number;
  /** `said`: words of the agent. `call`, `answer`: of a tool. `note`: of the program. `end`: how it ended. */
  readonly kind: 'said' | 'call' | 'answer' | 'note' | 'end';
  /** In one line. */
  readonly text: string;
  /** All of it, where that is more than the line; null: the line is all. */
  readonly whole: string | null;
  readonly failed: boolean;
}

/** A part of a run's output, as people read it. */
export interface TranscriptPage {
  readonly entries: readonly Entry[];
  /** The bytes of the output that it is made of; the next part begins at `to`, the one before ends at `from`. */
  readonly from: number;
  readonly to: number;
  /** How long the output is by now. */
  readonly size: number;
  /** The last lines of the error output, at the end of a transcript alone. */
  readonly complaints: readonly string[];
}

/** Where a look begins: the end, where a last line without a line break counts if nobody writes any more; before a byte, or at one. */
export type Place = { readonly at: 'end'; readonly ended: boolean } | { readonly before: number } | { readonly after: number };

/** Entries of one page; a page ends where it has so many. */
const ENTRIES = 200;
const ENTRIES_OF_LINE = 50;
/** Read at once. */
const CHUNK = 128 * 1024;
/** Lines of the error output that are shown, and how much of its end is read for them. */
const COMPLAINTS = 40;
const COMPLAINED = 16 * 1024;

/**
 * Reads a part of a run's output. However long the output and its lines are, a look reads `BOUNDS.transcriptLook` bytes at most. `redact`
 * takes secrets out, of whole texts, before anything is cut.
 */
export async function readTranscript(runDir: string, place: Place, redact: (text: string) => string): Promise<TranscriptPage> {
  const files = runFiles(runDir);
  const handle = await open(files.stdout, 'r').catch(() => null);
  if (handle === null) return { entries: [], from: 0, to: 0, size: 0, complaints: await complaintsOf(files.stderr, redact) };
  try {
    const { size } = await handle.stat();
    const parser = await parserOf(runDir);
    const read = (lines: readonly Line[]): Entry[] => lines.flatMap((line) => entriesOf(line, parser, redact));
    if ('after' in place) {
      const page = await forwards(handle, clamped(place.after, size), size, read);
      return { ...page, size, complaints: page.to >= size ? await complaintsOf(files.stderr, redact) : [] };
    }
    const end = 'before' in place ? clamped(place.before, size) : size;
    const page = await backwards(handle, end, 'at' in place && place.ended, read);
    return { ...page, size, complaints: end >= size ? await complaintsOf(files.stderr, redact) : [] };
  } finally {
    await handle.close();
  }
}

/** Parts that are looked through for a failure. */
const FAILURE_LOOKS = 16;

/** The last entry of a run's output that tells of a failure; null: none near its end. */
export async function lastFailure(runDir: string, redact: (text: string) => string): Promise<Entry | null> {
  let place: Place = { at: 'end', ended: true };
  for (let looks = 0; looks < FAILURE_LOOKS; looks += 1) {
    const { entries, from } = await readTranscript(runDir, place, redact);
    const found = entries.findLast(({ failed }) => failed);
    if (found !== undefined || from === 0) return found ?? null;
    place = { before: from };
  }
  return null;
}

interface Line {
  readonly at: number;
  readonly text: string;
}

type Part = Pick<TranscriptPage, 'entries' | 'from' | 'to'>;
type Read = (lines: readonly Line[]) => Entry[];

function clamped(offset: number, size: number): number {
  return Number.isSafeInteger(offset) && offset > 0 ? Math.min(offset, size) : 0;
}

/** From a byte on, which is the begin of a line; an unfinished last line waits for its end. */
async function forwards(handle: FileHandle, start: number, size: number, read: Read): Promise<Part> {
  const lines: Line[] = [];
  const entries: Entry[] = [];
  let at = start;
  let kept = Buffer.alloc(0);
  for (let position = start; position < size && position - start < BOUNDS.transcriptLook && entries.length < ENTRIES;) {
    const chunk = await bytesAt(handle, position, Math.min(CHUNK, size - position));
    if (chunk.length === 0) break;
    position += chunk.length;
    kept = Buffer.concat([kept, chunk]);
    const found = linesOf(kept, at);
    kept = kept.subarray(found.rest);
    at += found.rest;
    lines.push(...found.lines);
    entries.push(...read(lines.splice(0)));
  }
  // A line that is longer than a look is passed over.
  if (at === start && kept.length >= BOUNDS.transcriptLook) return { entries: [tooLong(start)], from: start, to: start + kept.length };
  const over = entries[ENTRIES];
  return over === undefined
    ? { entries, from: start, to: at }
    : { entries: entries.filter((one) => one.at < over.at), from: start, to: over.at };
}

/** The part that ends at a byte. Chunks are read from the end, and the lines in them in their order once there are enough. */
async function backwards(handle: FileHandle, end: number, ended: boolean, read: Read): Promise<Part> {
  let held = Buffer.alloc(0);
  let from = end;
  while (from > 0 && end - from < BOUNDS.transcriptLook) {
    const length = Math.min(CHUNK, from);
    held = Buffer.concat([await bytesAt(handle, from - length, length), held]);
    from -= length;
    if (newlines(held) > ENTRIES * 2) break;
  }
  // The first line is a piece of a longer one, unless the output or a line begins there.
  const begin = from === 0 ? 0 : held.indexOf(NEWLINE) + 1;
  if (from > 0 && (begin === 0 || begin >= held.length)) return { entries: [tooLong(from)], from, to: end };
  const { lines, rest } = linesOf(held.subarray(begin), from + begin);
  const unfinished = held.subarray(begin + rest);
  if (ended && unfinished.length > 0 && unfinished.length <= LINE_BYTES)
    lines.push({ at: from + begin + rest, text: unfinished.toString('utf8') });
  const entries = read(lines);
  // The parser needs what came before, so what is too much is read and left out.
  const first = entries.length > ENTRIES ? (entries.at(-ENTRIES)?.at ?? 0) : from + begin;
  return { entries: entries.filter(({ at }) => at >= first), from: first, to: ended ? end : end - unfinished.length };
}

const NEWLINE = 0x0a;

function newlines(bytes: Buffer): number {
  let found = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) found += 1;
  return found;
}

/** The complete lines in some bytes, and where what follows the last of them begins. */
function linesOf(bytes: Buffer, offset: number): { readonly lines: Line[]; readonly rest: number } {
  const lines: Line[] = [];
  let from = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, from)) {
    lines.push({ at: offset + from, text: bytes.toString('utf8', from, Math.min(at, from + LINE_BYTES)).replace(/\r$/, '') });
    from = at + 1;
  }
  return { lines, rest: from };
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function tooLong(at: number): Entry {
  return { at, kind: 'note', text: '[…]', whole: null, failed: false };
}

async function parserOf(runDir: string): Promise<OutputParser | null> {
  const record = await readRecord(runDir);
  const [plain] = RUNTIMES;
  const runtime = RUNTIMES.find(({ name }) => name === record?.runtime) ?? plain;
  return (
    runtime?.parser({
      model: record?.model ?? null,
      resumed: record?.resumed ?? false,
      before: record?.before ?? NO_USAGE,
      now: () => record?.startedAt ?? 0,
      pricing: pricing(),
    }) ?? null
  );
}

/** What one line tells. The parser says what it is about, the event itself all the rest. */
function entriesOf({ at, text }: Line, parser: OutputParser | null, redact: (text: string) => string): Entry[] {
  const signals = parser?.line(text) ?? [];
  // Most lines are pieces of text that come again whole.
  if (signals.length === 0 && !text.includes('"tool_result"')) return [];
  const raw = rawEvent(text);
  const entries = signals.flatMap((signal) => entryOf(signal, at, raw)).slice(0, ENTRIES_OF_LINE);
  // The call of this answer is in a part before this one.
  const shown =
    entries.length === 0 && raw?.tool === 'answer'
      ? [{ at, kind: 'answer', text: oneLine(raw.words), whole: raw.words, failed: raw.failed } as const]
      : entries;
  return shown.map((entry): Entry => {
    const whole = entry.whole === null ? null : shortened(redact(entry.whole));
    return { at: entry.at, kind: entry.kind, text: redact(entry.text), whole, failed: entry.failed };
  });
}

function entryOf(signal: Signal, at: number, raw: ReturnType<typeof rawEvent>): Entry[] {
  const one = (kind: Entry['kind'], text: string, whole: string | null = null, failed = false): Entry[] => [
    { at, kind, text, whole: whole === text ? null : whole, failed },
  ];
  switch (signal.kind) {
    case 'activity': {
      if (raw === null) return one('said', signal.text);
      const whole = wholeText(raw, signal.text);
      if (whole !== null) return one('said', signal.text, whole);
      return raw.tool === null ? one('note', signal.text, raw.words) : one('call', signal.text, raw.words);
    }
    case 'call':
      return one('answer', signal.text, raw?.words ?? signal.error, signal.error !== null);
    case 'fatal':
    case 'signed-out':
    case 'rate-limited':
    case 'session-missing':
      return one('note', signal.text, null, true);
    case 'verdict':
      return one('end', `verdict: ${signal.verdict}`, signal.reason === '' ? null : signal.reason);
    case 'report':
      return one('said', oneLine(signal.text), signal.text);
    case 'result':
      return one('end', signal.summary === '' ? signal.outcome : signal.summary, null, signal.outcome !== 'success');
    case 'asks':
      return one('note', signal.text);
    case 'session':
    case 'read':
    case 'turn':
    case 'untold':
    case 'usage':
      return [];
  }
}

function shortened(text: string): string {
  return text.length <= BOUNDS.transcriptText ? text : tail(text, BOUNDS.transcriptText);
}

async function complaintsOf(path: string, redact: (text: string) => string): Promise<string[]> {
  const handle = await open(path, 'r').catch(() => null);
  if (handle === null) return [];
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - COMPLAINED);
    const text = (await bytesAt(handle, from, size - from)).toString('utf8');
    const whole = from === 0 ? text : text.slice(text.indexOf('\n') + 1);
    return redact(whole)
      .split('\n')
      .map((line) => oneLine(line))
      .filter((line) => line !== '')
      .slice(-COMPLAINTS);
  } finally {
    await handle.close();
  }
}
