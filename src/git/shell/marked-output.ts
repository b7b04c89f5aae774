/** More than the longest end line: line breaks, a mark of 32 characters, a code. */
export const TAIL_BYTES = 48;

/** Collects one output of a call, up to the line that marks its end. */
export class MarkedOutput {
  readonly #mark: string;
  readonly #chunks: Buffer[] = [];
  #tail = '';
  #size = 0;
  /** The text after the mark; null: the output hasn't ended yet. */
  rest: string | null = null;

  constructor(mark: string) {
    this.#mark = mark;
  }

  /** Returns whether the output has ended. Bytes after the end belong to no call. */
  take(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // The end line may come in several pieces.
    this.#tail = (this.#tail + chunk.subarray(-TAIL_BYTES).toString('latin1')).slice(-TAIL_BYTES);
    if (!this.#tail.endsWith('\n')) return false;
    const at = this.#tail.lastIndexOf(`\n${this.#mark}`);
    if (at === -1) return false;
    this.rest = this.#tail.slice(at + 1 + this.#mark.length).trim();
    this.#size -= this.#tail.length - at;
    return true;
  }

  /** Bytes so far, including those of the end line until it is recognised. */
  get size(): number {
    return this.#size;
  }

  /** What git printed, at most so many bytes of it. */
  bytes(most = this.#size): Buffer {
    return Buffer.concat(this.#chunks).subarray(0, Math.min(most, this.#size));
  }
}
