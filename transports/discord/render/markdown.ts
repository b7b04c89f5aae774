import type { Block, Inline } from '../../../src/message/document.ts';
import { PHONE_COLUMNS } from '../../../src/message/phone.ts';
import { plainText } from '../../../src/message/plain.ts';
import { joinedLines, visible, visibleLine } from '../../../src/message/sanitize.ts';

/**
 * Text as Discord's markdown: nothing in it is markup, a mention, an emoji or a link. `:` is escaped because a link or an
 * emoji begins with it, `@` and `<` because mentions do.
 */
export function escaped(text: string): string {
  return visible(text)
    .replaceAll(/[\\*_~`|<>@:[\]()]/g, String.raw`\$&`)
    .replaceAll(/^([^\S\n]*)([#+-]|\d+(?=\.))/gm, (_, space: string, mark: string) =>
      /\d/.test(mark) ? `${space}${mark}\\` : `${space}\\${mark}`,
    );
}

function escapedLine(text: string): string {
  return escaped(visibleLine(text));
}

/** A block as Discord's markdown; buttons are no text and have none. */
export function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return inlines(block.content);
    case 'heading':
      return `### ${joinedLines(inlines(block.content))}`;
    case 'list':
      return block.items
        .map((item, index) => `${block.ordered ? `${index + 1}.` : '-'} ${inlines(item).replaceAll('\n', '\n  ')}`)
        .join('\n');
    case 'table':
      return fenced(plainText({ blocks: [block] }, { width: PHONE_COLUMNS }), null);
    case 'code':
      return fenced(visible(block.text), block.language);
    case 'fields':
      return block.fields.map(({ name, value }) => `**${escapedLine(name)}** ${joinedLines(inlines(value))}`).join('\n');
    case 'quote':
      return escaped(block.text)
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n');
    case 'progress':
      return escaped(plainText({ blocks: [block] }, { width: PHONE_COLUMNS }));
    // Both are parts of the message beside its text.
    case 'actions':
    case 'image':
      return '';
  }
}

function inlines(content: readonly Inline[]): string {
  return content.map(inline).join('');
}

function inline(one: Inline): string {
  switch (one.kind) {
    case 'text':
      return escaped(one.text);
    case 'strong':
      return wrapped(one.text, '**');
    case 'emphasis':
      return wrapped(one.text, '*');
    case 'code':
    case 'command':
      return codeSpan(visibleLine(one.text));
    // In the reader's own zone. Seconds, and a style: `t` 14:05, `f` 20 November 2026 14:05.
    case 'time':
      return Number.isFinite(one.at) ? `<t:${Math.floor(one.at / 1000)}:${one.show === 'time' ? 't' : 'f'}>` : escaped(one.text);
    case 'link':
      return link(one.url, visibleLine(one.text));
    // The name is visible even to people who can't see the person, and nobody is notified.
    case 'mention':
      return /^\d{17,20}$/.test(one.id) ? `<@${one.id}>` : escaped(`@${visibleLine(one.name)}`);
  }
}

/** White space at the inner edges of a mark would make it plain text. */
function wrapped(text: string, mark: string): string {
  const shown = visible(text);
  const inner = shown.trim();
  const before = shown.slice(0, shown.length - shown.trimStart().length);
  const after = shown.slice(shown.trimEnd().length);
  return inner === '' ? escaped(text) : `${before}${mark}${escaped(inner)}${mark}${after}`;
}

/** Literal text within a line. Discord knows no escapes in there: a run of backquotes is fenced by a longer one. */
export function codeSpan(text: string): string {
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  if (text.trim() === '' || longest >= 2) return escaped(text);
  const edge = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  const fence = '`'.repeat(longest + 1);
  return `${fence}${edge}${text}${edge}${fence}`;
}

/** `<url>` keeps Discord from unfurling it. What is no web address is text. */
function link(url: string, label: string): string {
  let href: string;
  try {
    const parsed = new URL(url);
    if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return escaped(`${label} ${url}`);
    href = parsed.href.replaceAll('>', '%3E').replaceAll('<', '%3C').replaceAll(')', '%29');
  } catch {
    return escaped(label === url || label === '' ? url : `${label} ${url}`);
  }
  if (label === url || label === '') return `<${href}>`;
  // Discord shows no masked link whose text is a link itself.
  return /https?:/i.test(label) ? `${escaped(label)} <${href}>` : `[${escaped(label)}](<${href}>)`;
}

/** A fence can't be escaped within: a zero-width space takes each apart, visibly unchanged. */
function fenced(text: string, language: string | null): string {
  const word = language !== null && /^[a-z0-9+#-]{1,20}$/i.test(language) ? language : '';
  return `\`\`\`${word}\n${text.replaceAll('``', '`\u200b`').replace(/`$/, '`\u200b')}\n\`\`\``;
}
