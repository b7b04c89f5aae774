/**
 * What a terminal or a chat client would act on instead of showing: C0 and C1 controls but for tab and line feed,
 * lone surrogates, line and paragraph separators, and the characters that force the direction of writing.
 */
const UNSAFE = /(?![\t\n])[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/gu;

/**
 * Text made safe and still visible: `ESC` becomes `␛`, so what an agent prints can't move a cursor, colour or clear a
 * screen; an override of the writing direction shows as `<U+202E>`; a lone surrogate becomes U+FFFD. `\r\n` becomes
 * `\n`. Text that is safe already comes back as it is.
 */
export function visible(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNSAFE, shown);
}

/** The same on one line: line breaks and tabs become spaces. */
export function visibleLine(text: string): string {
  return joinedLines(visible(text)).replaceAll('\t', ' ');
}

/** The lines of a text with one space between them, whatever white space was at their ends; empty lines go. */
export function joinedLines(text: string): string {
  const lines = text.split('\n');
  if (lines.length === 1) return text;
  const first = lines[0]?.trimEnd() ?? '';
  const last = lines.at(-1)?.trimStart() ?? '';
  const between = lines.slice(1, -1).map((line) => line.trim());
  return [first, ...between.filter((line) => line !== ''), last].join(' ');
}

function shown(character: string): string {
  const unit = character.charCodeAt(0);
  // The block of control pictures mirrors the C0 controls.
  if (unit < 0x20) return String.fromCharCode(0x2400 + unit);
  if (unit === 0x7f) return '␡';
  if (unit >= 0xd800 && unit <= 0xdfff) return '\ufffd';
  if (unit === 0x2028 || unit === 0x2029) return '\n';
  return `<U+${unit.toString(16).toUpperCase().padStart(4, '0')}>`;
}
