import { raw } from 'hono/html';
import type { Picture } from '../../message/picture/picture.ts';
import { draw } from '../../pictures/draw.ts';
import { html, type Markup } from '../html.ts';

/**
 * The picture that a room gets, in the colours of the page and without its title, which the page has. Whoever does not see it has the words below it, so that it is hidden from
 * a screen reader.
 */
export function pictureHtml(picture: Picture): Markup {
  // Only `svg` templates make it, which escape every text.
  const drawn = draw({ ...picture, title: '' }).svg.replace(' role="img"', ' aria-hidden="true" focusable="false"');
  return html`<div class="picture" tabindex="0" role="region" aria-label="picture">${raw(drawn)}</div>`;
}
