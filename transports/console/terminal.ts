import { cursorTo, clearScreenDown, createInterface, moveCursor, type Interface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../src/clock.ts';
import { displayWidth } from '../../src/message/width.ts';
import { HISTORY_SIZE } from './history.ts';
import { asMessage, asOneLine, MARK_PASTES, pasteFilter, UNMARK_PASTES } from './paste.ts';
import { tab, type Candidate } from './tab.ts';

/** A stream that may be a terminal: `tty.ReadStream` is one. */
export type TerminalInput = NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
export type TerminalOutput = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

export interface TerminalOptions {
  readonly input: TerminalInput;
  readonly output: TerminalOutput;
  readonly clock: Clock;
  readonly prompt: () => string;
  readonly complete: (line: string) => readonly Candidate[];
  /** Newest first. */
  readonly history: readonly string[];
  readonly onHistory: (lines: readonly string[]) => void;
  /** A message; may have line breaks. Never empty. */
  readonly onMessage: (text: string) => void;
  /** The person wants to leave. */
  readonly onLeave: () => void;
}

/** The edited line at the bottom of a terminal, and what is printed above it. */
export interface Terminal {
  /** Prints above the line being typed, which stays as it is. Returns the rows that the text took. */
  print(text: string): number;
  /** Prints instead of the `rows` rows that stand right above the line. Returns the rows that the text took. */
  reprint(rows: number, text: string): number;
  /** Rows that can be gone back to: what is further up has left the screen. */
  reach(): number;
  /** Called when rows printed so far no longer stand where they stood: a line was sent, or the window changed. */
  onMoved(moved: () => void): void;
  close(): void;
}

/** A second Ctrl-C within this many ms leaves. */
const LEAVE_WITHIN = 2_000;
const ESCAPE = '\u001b';
const LEAVE_HINT = 'Press Ctrl-C again within 2 seconds, or Ctrl-D, to quit.';

/** Columns where the output does not say, or says 0 as a terminal without a window does. */
const DEFAULT_WIDTH = 100;

/** Columns of the window. */
export function windowWidth(output: TerminalOutput): number {
  return positive(output.columns) ?? DEFAULT_WIDTH;
}

/** Opens a terminal for editing lines: history, Tab, pastes as one message. */
export function openTerminal(options: TerminalOptions): Terminal {
  const { input, output, clock } = options;
  let moved: () => void = () => {};
  let lastInterrupt = Number.NEGATIVE_INFINITY;
  let open = true;

  // Keys reach readline through a stream of our own, from which pastes were taken out. It is only ever emitted into,
  // so that keys and pastes keep their order.
  const keys = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => input.setRawMode?.(raw) });
  const line: Interface = createInterface({
    input: keys,
    output,
    terminal: true,
    prompt: options.prompt(),
    history: [...options.history],
    historySize: HISTORY_SIZE,
    removeHistoryDuplicates: true,
    completer: (typed: string): [string[], string] => {
      const next = tab(typed, options.complete(asMessage(typed)));
      if (next.line !== null) return [[next.line], typed];
      if (next.labels.length > 0) print(next.labels.join('\n'));
      return [[], typed];
    },
  });
  const decoder = new StringDecoder('utf8');
  const filter = pasteFilter(
    (text) => {
      // Given several characters at once readline loses count of the rows they fill, so it gets text that can't be a
      // key as one insertion and keys one character at a time.
      for (const part of text.includes(ESCAPE) ? text : (text.match(/\p{Cc}|\P{Cc}+/gu) ?? [])) {
        if (part.length > 1 && !text.includes(ESCAPE)) line.write(part);
        else keys.emit('data', Buffer.from(part));
      }
    },
    (text) => line.write(asOneLine(text)),
  );
  const onData = (chunk: Buffer | string): void => filter.write(typeof chunk === 'string' ? chunk : decoder.write(chunk));
  const onEnd = (): void => line.close();
  const onResize = (): void => moved();

  const rowsOf = (text: string): number => {
    const columns = windowWidth(output);
    return text.split('\n').reduce((rows, one) => rows + Math.max(1, Math.ceil(displayWidth(plain(one)) / columns)), 0);
  };
  /** Goes to the start of the row that is `above` rows over the edited line, and clears all from there. */
  const clearFrom = (above: number): number => {
    const { rows } = line.getCursorPos();
    moveCursor(output, 0, -(rows + above));
    cursorTo(output, 0);
    clearScreenDown(output);
    return rows;
  };
  const reprint = (rows: number, text: string): number => {
    if (!open) {
      output.write(`${text}\n`);
      return rowsOf(text);
    }
    const cursorRow = clearFrom(rows);
    // Redrawing the line goes up as many rows as its cursor was below its first one: they have to be there.
    output.write(`${text.replaceAll('\n', '\r\n')}\r\n${'\r\n'.repeat(cursorRow)}`);
    line.prompt(true);
    return rowsOf(text);
  };
  const print = (text: string): number => {
    const rows = reprint(0, text);
    moved();
    return rows;
  };
  const prompt = (): void => {
    line.setPrompt(options.prompt());
    line.prompt();
  };

  line.on('line', (typed) => {
    moved();
    const message = asMessage(typed);
    if (message.trim() !== '') options.onMessage(message);
    if (open) prompt();
  });
  line.on('history', (lines) => options.onHistory(lines));
  line.on('SIGINT', () => {
    // The whole line: from its end back to its start.
    line.write(null, { ctrl: true, name: 'e' });
    line.write(null, { ctrl: true, name: 'u' });
    if (clock.now() - lastInterrupt <= LEAVE_WITHIN) {
      line.close();
      return;
    }
    lastInterrupt = clock.now();
    print(LEAVE_HINT);
  });
  line.on('close', () => {
    const asked = open;
    shut();
    if (asked) options.onLeave();
  });

  const shut = (): void => {
    if (!open) return;
    open = false;
    moved();
    input.removeListener('data', onData);
    input.removeListener('end', onEnd);
    output.removeListener('resize', onResize);
    input.pause();
    keys.destroy();
    output.write(`${UNMARK_PASTES}\r\n`);
  };

  output.on('resize', onResize);
  output.write(MARK_PASTES);
  input.on('data', onData);
  input.on('end', onEnd);
  prompt();

  return {
    print,
    reprint,
    reach: () => Math.max(0, (positive(output.rows) ?? 24) - 1 - line.getCursorPos().rows),
    onMoved(callback) {
      moved = callback;
    },
    close() {
      shut();
      line.close();
    },
  };
}

/** The text without the codes that colour it, which take no room. */
function plain(text: string): string {
  return text.replaceAll(COLOUR, '');
}
const COLOUR = new RegExp(`${ESCAPE}\\[\\d+m`, 'g');

function positive(count: number | undefined): number | null {
  return count !== undefined && count > 0 ? count : null;
}
