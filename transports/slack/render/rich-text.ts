import type { types } from '@slack/bolt';
import type { Inline } from '../../../src/message/document.ts';
import { visible, visibleLine } from '../../../src/message/sanitize.ts';
import { SLACK_LIMITS } from '../limits.ts';

export type RichTextPart = types.RichTextText | types.RichTextLink | types.RichTextDate;

/**
 * Inline content as elements of rich text, which Slack shows as they stand: unlike its markup, `*`, `_`, a backquote and
 * `<!channel>` in them are only characters. A mention is shown by name and notifies nobody.
 */
export function richInlines(content: readonly Inline[]): RichTextPart[] {
  return content.flatMap((inline): RichTextPart[] => {
    switch (inline.kind) {
      case 'text':
        return richText(visible(inline.text));
      case 'strong':
        return richText(visible(inline.text), { bold: true });
      case 'emphasis':
        return richText(visible(inline.text), { italic: true });
      case 'code':
      case 'command':
        return richText(visibleLine(inline.text), { code: true });
      case 'mention':
        return richText(`@${visibleLine(inline.name)}`);
      // In the reader's own zone and clock. Seconds; the fallback is for clients that are too old.
      case 'time': {
        if (!Number.isFinite(inline.at)) return richText(visibleLine(inline.text));
        const format = inline.show === 'time' ? '{time}' : '{date_short_pretty}, {time}';
        return [{ type: 'date', timestamp: Math.floor(inline.at / 1000), format, fallback: visibleLine(inline.text) }];
      }
      case 'link':
        return richLink(visibleLine(inline.url), visibleLine(inline.text));
    }
  });
}

/** An element of rich text; none for an empty text, which Slack refuses. */
export function richText(text: string, style?: { bold?: true; italic?: true; code?: true }): RichTextPart[] {
  if (text === '') return [];
  return [{ type: 'text', text, ...(style === undefined ? {} : { style }) }];
}

/** A link that can be followed, or its text where Slack would refuse the whole message over it. */
function richLink(url: string, text: string): RichTextPart[] {
  const followed = /^(?:https?|mailto):/i.test(url) && URL.canParse(url) && url.length <= SLACK_LIMITS.linkUrl;
  if (!followed) return richText(text === '' || text === url ? url : `${text} (${url})`);
  return [{ type: 'link', url, ...(text === '' || text === url ? {} : { text }) }];
}
