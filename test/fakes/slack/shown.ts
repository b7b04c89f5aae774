/** What a Slack client makes of a message: the text that people read, and whom it notifies. */
type Json = Readonly<Record<string, unknown>>;

export interface Rendered {
  readonly text: string;
  readonly notified: readonly string[];
}

/** Blocks are shown instead of the text where there are any; both can notify. */
export function rendered(text: string, blocks: readonly Json[]): Rendered {
  const notified = [...mentionsIn(text)];
  const lines = blocks.map((block) => blockText(block, notified));
  return { text: blocks.length > 0 ? lines.join('\n') : unescaped(text), notified };
}

function blockText(block: Json, notified: string[]): string {
  const elements = list(block['elements']);
  switch (block['type']) {
    case 'header':
    case 'section':
      return [object(block['text']), ...list(block['fields'])].map((one) => objectText(one, notified)).join('\n');
    case 'context':
      return elements.map((one) => objectText(one, notified)).join(' ');
    case 'actions':
      return elements.map((one) => `[${objectText(object(one['text']), notified)}]`).join(' ');
    default:
      return elements.map((one) => richText(one, notified)).join('\n');
  }
}

function richText(element: Json, notified: string[]): string {
  switch (element['type']) {
    case 'rich_text_list':
      return list(element['elements'])
        .map((one, index) => `${element['style'] === 'ordered' ? `${index + 1}.` : '•'} ${richText(one, notified)}`)
        .join('\n');
    case 'rich_text_section':
    case 'rich_text_quote':
    case 'rich_text_preformatted':
      return list(element['elements'])
        .map((one) => richText(one, notified))
        .join('');
    case 'text':
      return String(element['text']);
    // As a client in the zone of the configuration shows it.
    case 'date':
      return String(element['fallback']);
    case 'link':
      return String(element['text'] ?? element['url']);
    case 'user':
      notified.push(String(element['user_id']));
      return `@${String(element['user_id'])}`;
    case 'usergroup':
    case 'broadcast':
      notified.push(String(element['range'] ?? element['usergroup_id']));
      return '@everybody';
    default:
      return '';
  }
}

function objectText(one: Json, notified: string[]): string {
  const text = typeof one['text'] === 'string' ? one['text'] : '';
  if (one['type'] !== 'mrkdwn') return text;
  notified.push(...mentionsIn(text));
  return unescaped(text);
}

function mentionsIn(text: string): string[] {
  return Array.from(text.matchAll(/<([@!][^<>|]+)(?:\|[^<>]*)?>/g), ([, mark = '']) => mark);
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}
