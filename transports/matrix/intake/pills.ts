import { BOUNDS } from '../../../src/bounds.ts';

/** Mentions that are read at the start of a text. */
const MOST_PILLS = 10;
const QUOTE_END = '</mx-reply>';

interface Pill {
  readonly id: string;
  /** The name that it shows. */
  readonly shown: string;
}

/**
 * The text with the mention pills at its start written as `<@id>`. The name that they show doesn't matter, nor how the client
 * writes them into the plain text. A pill further on is talk about somebody, and `m.mentions` alone says nothing: clients put the
 * author of a message there when it is replied to.
 */
export function withMentions(body: string, html: string | null): string {
  const { before, pills, rest } = leadingPills(html);
  let left = body.trimStart();
  const mentions: string[] = [];
  if (left.toLowerCase().startsWith(before.trim().toLowerCase())) left = left.slice(before.trim().length).trimStart();
  for (const { id, shown } of pills) {
    const plain = [`[${shown}]`, shown, `@${shown}`, id].find((one) => one !== '' && left.startsWith(one));
    if (plain === undefined && linkAt(left)?.id !== id)
      return `${before}${[...mentions, ...pills.slice(mentions.length).map(mention)].join(' ')}${rest}`;
    left = left.slice(linkAt(left)?.length ?? plain?.length ?? 0);
    mentions.push(mention({ id }));
    if (mentions.length < pills.length) left = left.trimStart();
  }
  // Without a formatted text, or with one that says less: a link in the plain text is a pill as well.
  for (let link = linkAt(left); link !== null && mentions.length < MOST_PILLS; link = linkAt(left)) {
    mentions.push(mention(link));
    left = left.slice(link.length);
  }
  return mentions.length === 0 ? body : `${before}${mentions.join(' ')}${left}`;
}

/** Pills further on in a text, as Element X writes them into it, by the name of the person; null: they stay as they are. */
export function withPillsByName(text: string, nameOf: (id: string) => string | null): string {
  return text.replaceAll(/\[[^\]\n]{0,255}\]\(([^)\s]{1,1000})\)/g, (whole, address: string) => {
    const id = personOf(address);
    const name = id === null ? null : nameOf(id);
    return name === null ? whole : `@${name}`;
  });
}

function mention({ id }: Pick<Pill, 'id'>): string {
  return `<@${id}>`;
}

/** The link to a person that a plain text begins with: `[name](https://matrix.to/#/@id)`, as Element X writes it, or the address alone. */
function linkAt(text: string): { readonly id: string; readonly length: number } | null {
  const [whole, inBrackets, alone] =
    /^(?:\[[^\]\n]{0,255}\]\(([^)\s]{1,1000})\)|((?:https:\/\/matrix\.to\/#\/|matrix:u\/)[^\s,<>()]{1,1000}))/i.exec(text) ?? [];
  const id = personOf(inBrackets ?? alone ?? '');
  return whole === undefined || id === null ? null : { id, length: whole.length };
}

/** The person that an address names: `https://matrix.to/#/@ada:example.org`, `matrix:u/ada:example.org`, both also encoded. */
function personOf(address: string): string | null {
  const named = /^https:\/\/matrix\.to\/#\/([^?/]+)/i.exec(address)?.[1];
  const local = /^matrix:u\/([^?/]+)/i.exec(address)?.[1];
  const id = named !== undefined ? decoded(named) : local !== undefined ? `@${decoded(local)}` : null;
  return id !== null && /^@[^\s<>]+$/.test(id) ? id : null;
}

/**
 * The mentions that a formatted text begins with, a greeting before them, and what follows them as plain text. Step by step: one
 * expression for all of it can take minutes for a text of spaces.
 */
function leadingPills(html: string | null): { readonly before: string; readonly pills: readonly Pill[]; readonly rest: string } {
  const quoteEnd = html?.startsWith('<mx-reply>') === true ? html.indexOf(QUOTE_END) : -1;
  const said = (quoteEnd < 0 ? (html ?? '') : (html ?? '').slice(quoteEnd + QUOTE_END.length)).trimStart();
  let text = /^<p>/i.test(said) ? said.slice('<p>'.length).trimStart() : said;
  const before = /^\p{L}{1,10}[,!]?\s{1,3}(?=<a\s)/iu.exec(text.slice(0, 20))?.[0] ?? '';
  text = text.slice(before.length);
  const pills: Pill[] = [];
  for (let next = pillAt(text); next !== null && pills.length < MOST_PILLS; next = pillAt(text.trimStart())) {
    pills.push(next.pill);
    text = (pills.length === 1 ? text : text.trimStart()).slice(next.length);
  }
  return pills.length === 0 ? { before: '', pills, rest: '' } : { before, pills, rest: plainOf(text) };
}

function pillAt(html: string): { readonly pill: Pill; readonly length: number } | null {
  const text = html.slice(0, BOUNDS.pill);
  const tagEnd = text.indexOf('>');
  const tag = text.slice(0, tagEnd);
  if (tagEnd < 0 || !/^<a\s/i.test(tag)) return null;
  const id = personOf(unescaped(/\shref=["']([^"']+)/i.exec(tag)?.[1] ?? ''));
  const shown = /^[^<]*(?=<\/a>)/i.exec(text.slice(tagEnd + 1))?.[0];
  if (id === null || shown === undefined) return null;
  return { pill: { id, shown: unescaped(shown).trim() }, length: tagEnd + 1 + shown.length + '</a>'.length };
}

/** A formatted text without its marks, for a client whose plain text names the pill in a way that is not known. */
function plainOf(html: string): string {
  return unescaped(html.replaceAll(/<br\s?\/?>|<\/(?:p|li|div)>/gi, '\n').replaceAll(/<[^<>]*>/g, '')).trimEnd();
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['#39', "'"],
  ['#x27', "'"],
  ['nbsp', ' '],
]);

function unescaped(text: string): string {
  return text.replaceAll(/&([a-z]+|#39|#x27);/gi, (whole, name: string) => ENTITIES.get(name.toLowerCase()) ?? whole);
}
