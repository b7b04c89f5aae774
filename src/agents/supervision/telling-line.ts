/** The one line of an error output that says what went wrong. */
export interface TellingLine {
  /** The next line, without white space around it. */
  take(line: string): void;
  /** Empty where nothing was printed. */
  readonly line: string;
}

/**
 * What programs print around the error itself: frames of a stack and the program's version after it (Node), where it says how
 * to see more (Rust, npm), goroutines (Go).
 */
const AROUND: readonly RegExp[] = [
  /^at .+/,
  /^\.\.\. \d+ (?:more|lines matching cause stack trace)/,
  /^from .+:\d+:in /,
  /^(?:[-~^| ]|\d+ \|)+$/,
  /^(?:Node\.js|Bun) v\d/,
  /^node:internal\//,
  /^\(?Use `node --trace-/,
  /^note: (?:run with `RUST_BACKTRACE|some details are omitted)/i,
  /^stack backtrace:$/,
  /^npm (?:error|ERR!)(?: (?:A complete log|Log files|This is probably not a problem|path |command |code |errno ).*)?$/,
  /^goroutine \d+ \[/,
  /^\S+\.go:\d+(?: \+0x[\da-f]+)?$/,
  /^[\w/]+\.[\w.*()]*\([^()]*\)$/,
  /^exit status \d+$/,
  /^[\])}]+[,;]?$/,
];

/** A property of an error object, as Node prints it after the stack. */
const PROPERTY = /^(?:\[?[\w$]+\]?|'[^']*'): /;
const ERROR = /^(?:Uncaught )?[\w$.]*(?:Error|Exception)\b/;

/**
 * Follows an error output. The last line is often not it: a Node that crashed ends with its version, and whoever reads only
 * that learns nothing. So it is the last one that is more than the frame around an error, and where there is none, the last.
 */
export function tellingLine(): TellingLine {
  let telling = '';
  let last = '';
  let inObject = false;
  return {
    take(line) {
      if (line === '') return;
      last = line;
      const isAround = AROUND.some((pattern) => pattern.test(line));
      if (inObject && (isAround || PROPERTY.test(line))) {
        inObject = !line.startsWith('}');
        return;
      }
      // `Error: no such file {`, or the last frame, with the error's properties on the lines after it.
      inObject = line.endsWith(' {') && (isAround || ERROR.test(line));
      if (!isAround) telling = inObject ? line.slice(0, -2) : line;
    },
    get line() {
      return telling === '' ? last : telling;
    },
  };
}
