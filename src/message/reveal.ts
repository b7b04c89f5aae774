/**
 * What is not seen as what it is: controls, format characters (overrides of the writing direction, joiners, zero-width
 * ones, tags), spaces that are not the space, what is unassigned or private, and all that fonts leave out by default.
 * Only line breaks stay.
 */
const HIDDEN = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** Text in which nothing is hidden, for people who decide by it: each such character becomes `<U+202E>`. */
export function revealed(text: string): string {
  return text.replace(HIDDEN, (character) => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`);
}
