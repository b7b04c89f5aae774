/** Code points of a name that are shown: longer ones push what is said of a person off a phone's line. */
const LONGEST = 32;
/** UTF-16 units that are looked at. */
const LOOKED_AT = 1_000;
/** What nobody sees: controls, directions of writing, joiners, private characters, and blanks that count as letters or signs. */
const INVISIBLE = /[\p{C}\u115f\u1160\u2800\u3164\uffa0]/gu;
/** What a text around a name means something by: an id in parentheses, a link, a command, a quotation. */
const MEANS_SOMETHING = /[()[\]{}<>:;"“”„`|\\*~]/g;
/** More marks on one letter than any writing needs run over the lines above and below. */
const PILED_MARKS = /(\p{M}{2})\p{M}+/gu;

/** A name as a network gives it, made safe for a sentence; null if nothing of it is readable. */
export function readableName(given: string): string | null {
  const name = given
    .slice(0, LOOKED_AT)
    .normalize('NFC')
    .replaceAll(/[\p{Z}\s]+/gu, ' ')
    .replaceAll(INVISIBLE, '')
    .replaceAll(MEANS_SOMETHING, ' ')
    .replaceAll(PILED_MARKS, '$1')
    .replace(/^[^\p{L}\p{N}\p{S}]+/u, '')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  if (!/[\p{L}\p{N}]/u.test(name)) return null;
  const points = Array.from(name);
  return points.length <= LONGEST
    ? name
    : `${points
        .slice(0, LONGEST - 1)
        .join('')
        .trimEnd()}…`;
}

/** Pairs of a letter or digit, and the Latin letter that it looks like. */
const PAIRS =
  'аa вb сc еe нh іi јj кk мm оo рp ѕs тt уy хx ԁd ԛq ԝw ӏl αa βb εe ηn ιi κk νv οo ρp τt υu χx γy ωw łl øo đd ıi ßs þp 0o 1l 5s |l !l $s';
const LIKE_LATIN: ReadonlyMap<string, string> = new Map(PAIRS.split(' ').map((pair) => [pair.slice(0, 1), pair.slice(1)]));

/** The same for all names that a reader may take for one another: `Anna`, `ANNA`, `Аnnа` with two Cyrillic letters, `Ánna.` */
export function looksOf(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const latin = Array.from(plain, (letter) => LIKE_LATIN.get(letter) ?? letter).join('');
  return latin
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replaceAll('i', 'l');
}

/** Letters of scripts that are mixed in one name to imitate another. */
export function mixesScripts(name: string): boolean {
  return /\p{Script=Latin}/u.test(name) && /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u.test(name);
}
