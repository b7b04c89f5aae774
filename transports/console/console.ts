import { randomUUID } from 'node:crypto';
import type { Clock } from '../../src/clock.ts';
import type { Sender } from '../../src/message/address.ts';
import type { Document } from '../../src/message/document.ts';
import { plainText } from '../../src/message/plain.ts';
import { splitDocument } from '../../src/message/split.ts';
import type { Capabilities, MessageRef, Sink, Transport } from '../transport.ts';
import { readHistory, writeHistory } from './history.ts';
import { LifeCycle } from '../life-cycle.ts';
import { readLines, type LineIntake } from './lines.ts';
import { terminalPaint } from './paint.ts';
import { LOCAL_OWNER_ID, TERMINAL_ADDRESS } from './place.ts';
import { sentKeys } from './sent.ts';
import type { Candidate } from './tab.ts';
import { openTerminal, windowWidth, type Terminal, type TerminalInput, type TerminalOutput } from './terminal.ts';

export interface ConsoleOptions {
  /** Null: nothing is read, only sent. */
  readonly input: TerminalInput | null;
  readonly output: TerminalOutput;
  readonly clock: Clock;
  /** The name shown for the local owner. */
  readonly userName: string;
  /** False: no colour even on a terminal. By the convention of no-color.org, `NO_COLOR` unset or empty means true. */
  readonly colour: boolean;
  /** True: the terminal moves no cursor (TERM=dumb), so lines are read and printed as they are. */
  readonly dumb?: boolean;
  /** Asked before each line; `musher> ` by default. */
  readonly prompt?: () => string;
  /** Ways to continue with a line typed up to its end. */
  readonly complete?: (line: string) => readonly Candidate[];
  /** Where lines are kept between sessions; absent: nowhere. */
  readonly historyFile?: string | null;
  /** A line as it is kept there: without secrets. Absent: as it was typed. */
  readonly remembered?: (line: string) => string;
  /** The person wants to leave, or the input ended. Called once. */
  readonly onExit?: () => void;
  /** What went wrong within: for the log file. */
  readonly report?: (error: unknown) => void;
}

/** A terminal has no limit of its own; one message of more than this buries all that stood before it. */
const MOST_TEXT = 65_536;

/**
 * The terminal as a transport. On a TTY lines are edited, completed and remembered, and live documents change in place;
 * otherwise each line of the input is a message and all output is plain.
 */
export function consoleTransport(options: ConsoleOptions): Transport {
  const { input, output, clock } = options;
  const interactive = input?.isTTY === true && output.isTTY === true && options.dumb !== true;
  const capabilities: Capabilities = {
    edits: interactive,
    threads: false,
    buttons: false,
    reactions: false,
    ephemeral: false,
    broadcasts: false,
    pace: { roomMs: 0, roomBurst: 1, networkMs: 0, networkBurst: 1 },
    typedSlash: false,
    maxText: MOST_TEXT,
    maxTextUnit: 'utf16',
  };
  const sender: Sender = { transport: TERMINAL_ADDRESS.transport, id: LOCAL_OWNER_ID, name: options.userName };
  const sent = sentKeys();
  const report = options.report ?? (() => {});

  const life = new LifeCycle(clock);
  let terminal: Terminal | null = null;
  let intake: LineIntake | null = null;
  let left = false;
  /** The message that stands right above the prompt, so that it can change in place. */
  let bottom: { readonly id: string; readonly rows: number } | null = null;
  /** Writes that the output has not taken yet. */
  let written: Promise<void> = Promise.resolve();

  const leave = (): void => {
    if (left) return;
    left = true;
    options.onExit?.();
  };
  const render = (document: Document): string =>
    plainText(document, {
      width: windowWidth(output),
      ...(options.colour && output.isTTY === true ? { paint: terminalPaint } : {}),
    });
  const fits = (part: Document): boolean => plainText(part, { width: windowWidth(output) }).length <= MOST_TEXT;

  /** Resolves when the output took everything written so far; rejects when it broke. */
  const flushed = (): Promise<void> => {
    written = new Promise((resolve, reject) => {
      if (life.state === 'offline') reject(new Error(life.health.problem ?? 'The output is closed.'));
      else output.write('', (error) => (error ? reject(error) : resolve()));
    });
    // A caller that waits sees the rejection; `stop` asks again and must not die of an unheard one.
    written.catch(() => {});
    return written;
  };
  const show = (text: string): number => {
    if (terminal !== null) return terminal.print(text);
    output.write(`${text}\n`);
    return 0;
  };
  const onOutputError = (error: Error): void => {
    life.offline(new Error(`The output is closed: ${error.message}`));
    report(error);
    leave();
  };
  const receive = (sink: Sink, text: string): void => {
    life.heard();
    try {
      sink({ id: randomUUID(), at: TERMINAL_ADDRESS, sender, ingress: 'terminal', text });
      life.troubled(null);
    } catch (error) {
      life.troubled('The last message could not be stored and was dropped.');
      report(error);
      show('Your message could not be stored, so nothing was done. Type it again; the log file has the details.');
    }
  };

  return {
    name: TERMINAL_ADDRESS.transport,
    capabilities,

    async start(sink) {
      output.on('error', onOutputError);
      life.online();
      if (input === null) return;
      if (!interactive) {
        intake = readLines(input, (text) => receive(sink, text), leave);
        return;
      }
      const file = options.historyFile ?? null;
      const screen = openTerminal({
        input,
        output,
        clock,
        prompt: options.prompt ?? (() => 'musher> '),
        complete: options.complete ?? (() => []),
        history: file === null ? [] : readHistory(file),
        onHistory: (lines) => {
          if (file === null) return;
          try {
            writeHistory(file, lines.map(options.remembered ?? ((kept) => kept)));
          } catch (error) {
            // A history that can't be kept is no reason to lose the message that was just typed.
            report(error);
          }
        },
        onMessage: (text) => receive(sink, text),
        onLeave: leave,
      });
      screen.onMoved(() => {
        bottom = null;
      });
      terminal = screen;
    },

    // Whoever sits here is always talking to Musher.
    identity: () => null,

    async send(_to, body, key) {
      const before = sent.get(key);
      if (before !== undefined) return before;
      const refs: MessageRef[] = [];
      for (const part of splitDocument(body, fits)) {
        const ref: MessageRef = { transport: TERMINAL_ADDRESS.transport, room: TERMINAL_ADDRESS.room, id: randomUUID() };
        const rows = show(render(part));
        bottom = { id: ref.id, rows };
        refs.push(ref);
      }
      sent.add(key, refs);
      await flushed();
      return refs;
    },

    async edit(ref, body) {
      const text = splitDocument(body, fits).map(render).join('\n');
      // In place only where the message still stands at the bottom, all of it on the screen; otherwise it is shown anew.
      const inPlace = terminal !== null && bottom?.id === ref.id && bottom.rows <= terminal.reach();
      const rows = terminal !== null && inPlace ? terminal.reprint(bottom?.rows ?? 0, text) : show(text);
      bottom = { id: ref.id, rows };
      await flushed();
    },

    health: () => life.health,

    async stop(signal) {
      if (life.state === 'stopped') return;
      left = true;
      // Before the life ends: an output that broke is told by its error.
      const ended = flushed().catch(report);
      await life.stop(signal, () => {
        intake?.close();
        terminal?.close();
        return ended;
      });
      output.removeListener('error', onOutputError);
    },
  };
}
