/** What a terminal puts around pasted text once it was asked to (`ESC [ ? 2004 h`). */
const START = '\u001b[200~';
const END = '\u001b[201~';

/** Asks the terminal to mark pasted text, or no longer to. */
export const MARK_PASTES = '\u001b[?2004h';
export const UNMARK_PASTES = '\u001b[?2004l';

/** Stand in the edited line for what would send or complete it. */
const LINE_BREAK_GLYPH = '␤';
const TAB_GLYPH = '␉';

/** A pasted text as it can be in one edited line: line breaks and tabs as glyphs, other controls left out. */
export function asOneLine(pasted: string): string {
  return pasted
    .replaceAll(/\r\n|[\r\n]/g, LINE_BREAK_GLYPH)
    .replaceAll('\t', TAB_GLYPH)
    .replaceAll(/\p{Cc}/gu, '');
}

/** An edited line as the message it stands for. */
export function asMessage(line: string): string {
  return line.replaceAll(LINE_BREAK_GLYPH, '\n').replaceAll(TAB_GLYPH, '\t');
}

/** Takes what was typed, and what was pasted as a whole, apart; each in the order in which it came. */
export interface PasteFilter {
  write(chunk: string): void;
}

/**
 * Finds pastes in what a terminal sends, however it is cut into chunks. A paste that does not end continues with the next
 * chunk. Outside a paste, at least three characters of the mark are needed to wait for more: a single ESC is a key.
 */
export function pasteFilter(typed: (text: string) => void, pasted: (text: string) => void): PasteFilter {
  let held = '';
  let inPaste: string | null = null;
  return {
    write(chunk) {
      let rest = held + chunk;
      held = '';
      while (rest !== '') {
        const mark = inPaste === null ? START : END;
        const at = rest.indexOf(mark);
        if (at === -1) {
          held = beginningOf(mark, rest, inPaste === null ? 3 : 1);
          const complete = rest.slice(0, rest.length - held.length);
          if (inPaste !== null) inPaste += complete;
          else if (complete !== '') typed(complete);
          return;
        }
        if (inPaste === null) {
          if (at > 0) typed(rest.slice(0, at));
          inPaste = '';
        } else {
          pasted(inPaste + rest.slice(0, at));
          inPaste = null;
        }
        rest = rest.slice(at + mark.length);
      }
    },
  };
}

/** The end of `text` that the mark may begin with, if it has at least `least` characters. */
function beginningOf(mark: string, text: string, least: number): string {
  for (let length = Math.min(mark.length - 1, text.length); length >= least; length--) {
    if (text.endsWith(mark.slice(0, length))) return mark.slice(0, length);
  }
  return '';
}
