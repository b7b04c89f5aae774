import { Writable } from 'node:stream';
import { graphemes, displayWidth } from '../../src/message/width.ts';

/**
 * A terminal's screen: what is written is acted on as a terminal would, so that `text()` is what a person sees, with
 * what scrolled off the top still there. Knows what readline and Musher use; anything else throws.
 */
export class Screen extends Writable {
  readonly isTTY: boolean;
  columns: number;
  rows: number;
  /** Everything as it was written. */
  raw = '';
  private lines: string[][] = [[]];
  private row = 0;
  private column = 0;

  constructor(options: { isTTY: boolean; columns?: number; rows?: number }) {
    super({ decodeStrings: false });
    this.isTTY = options.isTTY;
    this.columns = options.columns ?? 80;
    this.rows = options.rows ?? 24;
  }

  /** All lines, without white space at their ends. */
  text(): string {
    return this.lines
      .map((cells) => cells.join('').trimEnd())
      .join('\n')
      .trimEnd();
  }

  override _write(chunk: string | Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const text = chunk.toString();
    this.raw += text;
    try {
      this.act(text);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  private act(text: string): void {
    const part = new RegExp(
      `${String.fromCharCode(27)}\\[([?\\d;]*)([A-Za-z])|\\r\\n|[\\r\\n]|[^${String.fromCharCode(27)}\\r\\n]+|[^]`,
      'g',
    );
    for (const [whole, parameter, final] of text.matchAll(part)) {
      if (final !== undefined) this.control(parameter ?? '', final);
      else if (whole === '\r\n') this.lineFeed(true);
      // A terminal in its usual mode turns a line feed into both.
      else if (whole === '\n') this.lineFeed(true);
      else if (whole === '\r') this.column = 0;
      else for (const one of graphemes(whole)) this.put(one);
    }
  }

  private put(grapheme: string): void {
    const width = displayWidth(grapheme);
    if (this.column + width > this.columns) this.lineFeed(true);
    const line = (this.lines[this.row] ??= []);
    while (line.length < this.column) line.push(' ');
    line[this.column] = grapheme;
    for (let more = 1; more < width; more++) line[this.column + more] = '';
    this.column += width;
  }

  private lineFeed(toStart: boolean): void {
    this.row++;
    this.lines[this.row] ??= [];
    if (toStart) this.column = 0;
  }

  private control(parameter: string, final: string): void {
    const count = Number(parameter) || 1;
    /** The window shows the last rows; the cursor can't go above it. */
    const top = Math.max(0, this.lines.length - this.rows);
    switch (final) {
      case 'A':
        this.row = Math.max(top, this.row - count);
        return;
      case 'B':
        this.row = Math.min(this.lines.length - 1, this.row + count);
        return;
      case 'C':
        this.column = Math.min(this.columns - 1, this.column + count);
        return;
      case 'D':
        this.column = Math.max(0, this.column - count);
        return;
      case 'G':
        this.column = count - 1;
        return;
      case 'J':
        if (parameter !== '0' && parameter !== '') throw new Error(`The screen does not know J with ${parameter}.`);
        this.lines[this.row] = (this.lines[this.row] ?? []).slice(0, this.column);
        for (let below = this.row + 1; below < this.lines.length; below++) this.lines[below] = [];
        return;
      case 'K':
        this.lines[this.row] = (this.lines[this.row] ?? []).slice(0, this.column);
        return;
      case 'h':
      case 'l':
      case 'm':
        return;
      default:
        throw new Error(`The screen does not know ${JSON.stringify(`ESC[${parameter}${final}`)}.`);
    }
  }
}
