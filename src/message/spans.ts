import type { Inline } from './document.ts';
import { visible, visibleLine } from './sanitize.ts';
import type { Look, Span } from './wrap.ts';

/** A stretch of text. */
export function span(text: string, look: Look = 'plain'): Span {
  return { text, look };
}

/** Inline content as spans. `bare`: literal text without backquotes, for cells and values. */
export function spansOf(content: readonly Inline[], bare = false): Span[] {
  return content.flatMap((inline): Span[] => {
    switch (inline.kind) {
      case 'text':
        return [span(visible(inline.text))];
      case 'strong':
      case 'emphasis':
        return [span(visible(inline.text), inline.kind)];
      case 'code':
      case 'command':
        return [span(bare ? visibleLine(inline.text) : `\`${visibleLine(inline.text)}\``, 'code')];
      case 'link': {
        const url = visibleLine(inline.url);
        const label = visibleLine(inline.text);
        return label === url || label === '' ? [span(url)] : [span(`${label} <${url}>`)];
      }
      case 'time':
        return [span(visibleLine(inline.text))];
      case 'mention':
        return [span(`@${visibleLine(inline.name)}`)];
    }
  });
}
