/** Longer texts are no commands with a polite word around them. */
const LONGEST = 1_000;

const LEADING = ['please', 'pls', 'plz', 'kindly', 'hey', 'hi', 'hello', 'ok', 'okay'];
const TRAILING = ['please', 'pls', 'plz', 'thanks', 'thank you', 'thx', 'ty'];
const MARKS = '?!.,:… \t\n\r\u00a0';

/** Words of a greeting; none: the address alone. */
const GREETINGS = setOf(
  '|hi|hello|hey|hallo|hiya|howdy|moin|yo|hi there|hello there|hey there|good morning|good afternoon|good evening|morning|servus|guten morgen|guten tag|bonjour|salut|hola|ciao|hei|hej|👋',
);
const THANKS = setOf(
  'thanks|thank you|thank u|thx|ty|tysm|cheers|danke|merci|gracias|obrigado|grazie|thanks a lot|many thanks|thank you very much|great thanks|perfect thanks|nice thanks|ok thanks|danke schön|vielen dank|nice work|great work|good work|great job|good job|nice job|well done|good bot|nice|great|perfect|awesome|super|cool|🙏|❤️|🎉|👏|💯',
);
/** Asks for nothing, and is no mistake. */
const REMARKS = setOf(
  'never mind|nevermind|nvm|forget it|sorry|my bad|okay|alright|all right|got it|i see|understood|bye|goodbye|see you|good night|later|lol|haha|wow|hm|hmm|👍|👌|😀|😂|😅|🤔|🚀',
);

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split('|'));
}

/** A text without `please` and the like before it; the text itself where there is nothing of the kind. */
export function withoutLead(text: string): string {
  if (text.length > LONGEST) return text;
  let left = text.trimStart();
  for (;;) {
    const word = LEADING.find((one) => startsWithWord(left, one));
    if (word === undefined) return left;
    const rest = trimmedStart(left.slice(word.length));
    // `hi` alone is a greeting.
    if (rest === '') return left;
    left = rest;
  }
}

/** A text without what people put after a command, and whether a question mark was among it: `status, please?`. */
export function withoutTrail(text: string): { readonly text: string; readonly asks: boolean } {
  if (text.length > LONGEST) return { text, asks: false };
  let left = trimmedEnd(text);
  for (;;) {
    const word = TRAILING.find((one) => endsWithWord(left, one));
    if (word === undefined) return { text: left, asks: text.slice(left.length).includes('?') };
    left = trimmedEnd(left.slice(0, -word.length));
  }
}

/** A greeting (also an address with nothing behind it), thanks or a remark, which are no commands and no mistakes. */
export function smallTalk(text: string): 'greeting' | 'thanks' | 'remark' | null {
  if (text.length > 60) return null;
  const words = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  // Of `???` and `+1` nothing is left, and something was said; a lone emoji has its meaning.
  const said = words === '' ? text.trim().replace(/^(\p{Extended_Pictographic})\p{Emoji_Modifier}/u, '$1') : words;
  return GREETINGS.has(said) ? 'greeting' : THANKS.has(said) ? 'thanks' : REMARKS.has(said) ? 'remark' : null;
}

/** The text behind a greeting that comes before an address: `hi musher`, `hey @musher, status`. Null: it begins with none. */
export function afterGreeting(text: string): string | null {
  const word = [...GREETINGS].filter((one) => one !== '' && startsWithWord(text, one)).toSorted((a, b) => b.length - a.length)[0];
  return word === undefined ? null : trimmedStart(text.slice(word.length));
}

function startsWithWord(text: string, word: string): boolean {
  return text.slice(0, word.length).toLowerCase() === word && !/^[\p{L}\p{N}_-]/u.test(text.slice(word.length, word.length + 2));
}

function endsWithWord(text: string, word: string): boolean {
  const before = text.slice(0, -word.length);
  return text.slice(-word.length).toLowerCase() === word && /[\s,.!?;]$/.test(before.slice(-1));
}

function trimmedStart(text: string): string {
  let start = 0;
  while (start < text.length && MARKS.includes(text.charAt(start))) start += 1;
  return text.slice(start);
}

function trimmedEnd(text: string): string {
  let end = text.length;
  while (end > 0 && MARKS.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
