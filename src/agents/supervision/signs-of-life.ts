import { looksLikeQuestion } from '../question.ts';
import { oneLine } from '../text.ts';

/** Different lines that are remembered: a program that goes round in a circle of a few says nothing new either. */
const REMEMBERED = 8;

/** When a run last said something, when it last said something new, and whether its output ends in a question. */
export interface SignsOfLife {
  /** ms since the epoch. */
  readonly lastOutputAt: number;
  /** The last output that was not one of the few lines before it again. */
  readonly lastNewsAt: number;
  /** The line that was repeated last, and how often in a row old lines came. */
  readonly repeated: { readonly text: string; readonly times: number };
  /** What the output ends with, where that looks like a question; null: it does not. */
  readonly question: string | null;
  /** A whole line came. */
  line(text: string, at: number): void;
  /** Output came without the end of a line; `open` is the text after the last line break. */
  piece(open: string, at: number): void;
}

/** Begins at a time at which the run was alive. */
export function signsOfLife(beganAt: number): SignsOfLife {
  const recent: string[] = [];
  let lastOutputAt = beganAt;
  let lastNewsAt = beganAt;
  let repeated = { text: '', times: 0 };
  let question: string | null = null;
  return {
    get lastOutputAt() {
      return lastOutputAt;
    },
    get lastNewsAt() {
      return lastNewsAt;
    },
    get repeated() {
      return repeated;
    },
    get question() {
      return question;
    },
    line(text, at) {
      lastOutputAt = Math.max(lastOutputAt, at);
      question = looksLikeQuestion(text, false) ? oneLine(text) : null;
      if (recent.includes(text)) {
        repeated = { text: oneLine(text, 120), times: repeated.times + 1 };
        return;
      }
      lastNewsAt = Math.max(lastNewsAt, at);
      repeated = { text: '', times: 0 };
      recent.push(text);
      if (recent.length > REMEMBERED) recent.shift();
    },
    piece(open, at) {
      lastOutputAt = Math.max(lastOutputAt, at);
      lastNewsAt = Math.max(lastNewsAt, at);
      question = looksLikeQuestion(open, true) ? oneLine(open) : null;
    },
  };
}
