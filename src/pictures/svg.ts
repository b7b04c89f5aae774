/** A piece of SVG that may stand in a picture as it is. Only `svg` makes one, so text from outside is always escaped. */
export interface Svg {
  readonly markup: string;
}

type Value = string | number | Svg | readonly Svg[] | null;

/** A template of SVG: texts become text and nothing else, numbers get two decimals, null is left out. */
export function svg(parts: TemplateStringsArray, ...values: readonly Value[]): Svg {
  let markup = parts[0] ?? '';
  for (const [index, value] of values.entries()) markup += written(value) + (parts[index + 1] ?? '');
  return { markup };
}

/** Nothing. */
export const NOTHING: Svg = { markup: '' };

function written(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(Math.round(value * 100) / 100) : '0';
  if (typeof value === 'string') return escaped(value);
  if ('markup' in value) return value.markup;
  return value.map(({ markup }) => markup).join('');
}

// eslint-disable-next-line no-control-regex -- what XML has no form for, escaped or not
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(NOT_XML, '\ufffd')
    .replaceAll(/[&<>"']/g, (one) => ESCAPES[one] ?? '');
}
