/** What programs print when they want an answer, also where they end the line. */
const QUESTION =
  /\[y(?:es)?\/n(?:o)?\]|\(y(?:es)?\/n(?:o)?\)|\bpress (?:enter|return|any key)\b|\b(?:password|passphrase|username)\b.{0,80}:\s*$|\bare you sure\b[^?]*\?\s*$|\bdo you want to (?:continue|proceed)\b/i;
/** A line that was left open ends so where its program waits for what is typed behind it. */
const OPEN_END = /\?\s*$|[\])]\s*:\s*$|^\S{0,12}[>$#]\s?$/;

/** Whether the end of an output looks like a question to a person. `open`: no line break came after it. */
export function looksLikeQuestion(text: string, open: boolean): boolean {
  // The protocol's own lines are no talk.
  if (text.trim() === '' || text.startsWith('{')) return false;
  const end = text.slice(-300);
  return QUESTION.test(end) || (open && OPEN_END.test(end));
}
