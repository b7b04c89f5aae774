import { BOUNDS } from '../../bounds.ts';
import { afterGreeting } from '../courtesy.ts';
import type { IngressKind } from '../../message/address.ts';

/** What decides whether a message is for Musher. */
export interface AddressRules {
  readonly ingress: IngressKind;
  /** Names that people call the bot by; case does not count. */
  readonly botNames: readonly string[];
  /** The network's stable ids of the bot, as mentions contain them: `U0123`, `@musher:example.org`. */
  readonly botIds: readonly string[];
  /** Starts a command in a room, like `!`; empty: none does. */
  readonly prefix: string;
}

export type Addressed = { readonly addressed: true; readonly command: string } | { readonly addressed: false };

/** Ways in that are always for Musher. */
const ALWAYS: ReadonlySet<IngressKind> = new Set(['direct', 'terminal', 'slash', 'button', 'reaction', 'select', 'modal']);

/**
 * The command text in a message, or that it is not for Musher. In a room it starts with a mention, `@name`, `name:`,
 * `name,` or the prefix. A direct message, a line in the terminal and a press of a button are always for Musher; those
 * forms and a slash are tolerated there.
 */
export function commandText(text: string, rules: AddressRules): Addressed {
  const trimmed = text.trim();
  const always = ALWAYS.has(rules.ingress);
  const afterMention = withoutMention(trimmed, rules.botIds) ?? withoutName(trimmed, rules.botNames) ?? greeted(trimmed, rules);
  if (afterMention !== null) return { addressed: true, command: withoutSign(withoutOthers(afterMention), rules) };
  if (rules.prefix !== '' && trimmed.startsWith(rules.prefix)) {
    const command = trimmed.slice(rules.prefix.length);
    // `!!!` and `! ` are exclamations.
    if (always || /^[\p{L}\p{N}]/u.test(command)) return { addressed: true, command: command.trim() };
  }
  if (rules.ingress === 'mention') return { addressed: true, command: trimmed };
  return always ? { addressed: true, command: withoutSign(trimmed, rules) } : { addressed: false };
}

/** Whether a text begins with a mention, which is of somebody else where it was not found to be Musher's. */
export function leadsToOther(text: string): boolean {
  return /^\s*(?:<@[^>\s]+>|@[\p{L}\p{N}_])/u.test(text);
}

/** Mentions that are looked through for Musher's where a text begins with several. */
const MOST_MENTIONS = BOUNDS.mentions;
const MENTION = /^<@[^>\s]{1,300}>[\s,:]*/;

/** What follows a mention of Musher, also among others at the start: `@anna @musher status`. */
function withoutMention(text: string, ids: readonly string[]): string | null {
  let left = text;
  for (let other = 0; other < MOST_MENTIONS; other++) {
    const found = withoutOwnMention(left, ids);
    if (found !== null) return found;
    const next = MENTION.exec(left)?.[0];
    if (next === undefined) return null;
    left = left.slice(next.length);
  }
  return null;
}

/** Without the mentions of others that follow the one of Musher. */
function withoutOthers(command: string): string {
  let left = command;
  for (let other = 0; other < MOST_MENTIONS; other++) left = left.slice(MENTION.exec(left)?.[0].length ?? 0);
  return left;
}

/** `hi musher`, `hey @musher, status`: a greeting before the address. */
function greeted(text: string, rules: AddressRules): string | null {
  const rest = afterGreeting(text);
  if (rest === null) return null;
  const name = rules.botNames.find((one) => one !== '' && rest.slice(0, one.length).toLowerCase() === one.toLowerCase());
  if (name !== undefined && /^[!.,\s]{0,20}$/.test(rest.slice(name.length))) return '';
  return withoutMention(rest, rules.botIds) ?? withoutName(rest, rules.botNames);
}

/** `<@U0123>`, `<@!123>`, or the bare id, with the separator before the command. */
function withoutOwnMention(text: string, ids: readonly string[]): string | null {
  for (const id of ids) {
    if (id === '') continue;
    for (const mark of [`<@${id}>`, `<@!${id}>`, `<@${id}|`, `@${id}`, id]) {
      if (!text.startsWith(mark)) continue;
      const end = mark.endsWith('|') ? text.indexOf('>', mark.length) + 1 : mark.length;
      const rest = end === 0 ? null : afterAddress(text.slice(end), mark.endsWith('>') || mark.endsWith('|'));
      if (rest !== null) return rest;
    }
  }
  return null;
}

/** `@name command`, `name: command`, `name, command`. A name alone, or followed by only a space, is talk about the bot. */
function withoutName(text: string, names: readonly string[]): string | null {
  for (const name of names) {
    if (name === '') continue;
    const at = text.startsWith('@') ? 1 : 0;
    if (text.slice(at, at + name.length).toLowerCase() !== name.toLowerCase()) continue;
    const rest = text.slice(at + name.length);
    const command = afterAddress(rest, false) ?? (at === 0 ? withoutColon(rest) : null);
    if (command !== null && (at === 1 || /^[:,]/.test(rest))) return command;
  }
  return null;
}

/**
 * What follows the address: white space, or a colon or comma and white space. `@musherman` and `@musher:other.org` are
 * someone else. `closed`: the address has its own end, so no separator is needed.
 */
function afterAddress(rest: string, closed: boolean): string | null {
  const between = /^[:,]?(?:\s+|$)/.exec(rest);
  if (between !== null) return rest.slice(between[0].length);
  return closed ? (withoutColon(rest) ?? rest) : null;
}

function withoutColon(rest: string): string | null {
  return /^[:,]/.test(rest) ? rest.slice(1) : null;
}

function withoutSign(command: string, { prefix }: AddressRules): string {
  const sign = command.startsWith('/') ? '/' : prefix !== '' && command.startsWith(prefix) ? prefix : command.startsWith('!') ? '!' : '';
  return command.slice(sign.length).trim();
}
