import type { Block, Document, Inline } from '../../../src/message/document.ts';
import { visible, visibleLine } from '../../../src/message/sanitize.ts';
import { plainText } from '../../../src/message/plain.ts';
import { reactable, reactionFor } from '../reaction-commands.ts';

/** A Matrix user id; only of such a one a pill is made. */
const USER_ID = /^@[^\s:<>"&]+:[^\s<>"&]+$/;
/** What a link may lead to: nothing that runs, nothing on the reader's machine. */
const SAFE_URL = /^(?:https?|mailto):/i;

/**
 * A document as the HTML that Matrix allows in `formatted_body`. All text is made visible and escaped at the leaf, so
 * that nothing in it becomes a tag, an attribute or a mention.
 */
export function documentHtml(document: Document): string {
  return document.blocks.map((block) => blockHtml(block)).join('');
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${inlineHtml(block.content)}</p>`;
    case 'heading':
      return `<h4>${inlineHtml(block.content)}</h4>`;
    case 'list': {
      const tag = block.ordered ? 'ol' : 'ul';
      return `<${tag}>${block.items.map((item) => `<li>${inlineHtml(item)}</li>`).join('')}</${tag}>`;
    }
    case 'table': {
      const head = block.columns.map(({ title }) => `<th>${oneLine(title)}</th>`).join('');
      const rows = block.rows.map((row) => `<tr>${row.map((cell) => `<td>${inlineHtml(cell)}</td>`).join('')}</tr>`);
      return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
    }
    case 'code': {
      const language = block.language !== null && /^[\w+-]{1,20}$/.test(block.language) ? ` class="language-${block.language}"` : '';
      return `<pre><code${language}>${escaped(visible(block.text))}</code></pre>`;
    }
    case 'fields':
      return `<p>${block.fields.map(({ name, value }) => `<strong>${oneLine(name)}</strong> ${inlineHtml(value)}`).join('<br>')}</p>`;
    case 'quote':
      return `<blockquote>${lines(block.text)}</blockquote>`;
    case 'image':
      return '';
    case 'progress':
      return `<p>${lines(plainText({ blocks: [block] }, { width: 1000 }))}</p>`;
    case 'actions': {
      const pressed = reactable(block.actions);
      const all = block.actions.map((action) => {
        const { label, command, typed = command } = action;
        const index = pressed.indexOf(action);
        return `${index < 0 ? '' : `${reactionFor(index, pressed.length)} `}${oneLine(label)}: <code>${oneLine(typed)}</code>`;
      });
      return `<p>${pressed.length === 0 ? 'Type' : 'React, or type'}:<br>${all.join('<br>')}</p>`;
    }
  }
}

function inlineHtml(content: readonly Inline[]): string {
  return content.map(leaf).join('');
}

function leaf(inline: Inline): string {
  switch (inline.kind) {
    case 'text':
      return lines(inline.text);
    case 'time':
      return oneLine(inline.text);
    case 'strong':
      return `<strong>${lines(inline.text)}</strong>`;
    case 'emphasis':
      return `<em>${lines(inline.text)}</em>`;
    case 'code':
    case 'command':
      return `<code>${oneLine(inline.text)}</code>`;
    case 'link': {
      const url = visibleLine(inline.url);
      const label = visibleLine(inline.text) || url;
      if (!SAFE_URL.test(url)) return escaped(label === url ? url : `${label} <${url}>`);
      return unpreviewed(`<a href="${escaped(url)}">${escaped(label)}</a>`);
    }
    case 'mention':
      if (!USER_ID.test(inline.id)) return escaped(`@${visibleLine(inline.name)}`);
      return `<a href="https://matrix.to/#/${encodeURIComponent(inline.id)}">${oneLine(inline.name)}</a>`;
  }
}

function oneLine(text: string): string {
  return escaped(visibleLine(text));
}

function lines(text: string): string {
  return words(visible(text)).replaceAll('\n', '<br>');
}

/** What clients make a link of by themselves and then preview: an address, or a host name with a path. */
const LIKE_A_LINK = /https?:\/\/|\.\p{L}{2,}(?::\d{1,5})?\//iu;

/** Escaped text in which nothing asks a server for a preview of what somebody wrote. */
function words(text: string): string {
  if (!LIKE_A_LINK.test(text)) return escaped(text);
  return text
    .split(/(\s+)/)
    .map((word) => (LIKE_A_LINK.test(word) ? unpreviewed(escaped(word)) : escaped(word)))
    .join('');
}

/** Element asks for no preview of text in `code`; few clients respect `com.beeper.linkpreviews` alone. */
function unpreviewed(html: string): string {
  return `<code>${html}</code>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
