/** What Slack refuses in a message: one field over its limit and none of it is taken. */
type Json = Readonly<Record<string, unknown>>;

/** The code of Slack's refusal, or null where the message is taken. */
export function refusalOf(text: string, blocks: readonly Json[]): string | null {
  if (text === '' && blocks.length === 0) return 'no_text';
  if (text.length > 40_000) return 'msg_too_long';
  if (!text.isWellFormed() || text.includes('\0')) return 'invalid_arguments';
  if (blocks.length > 50) return 'invalid_blocks';
  if (JSON.stringify(blocks).length > 13_200) return 'msg_blocks_too_long';
  return blocks.every(isBlock) ? null : 'invalid_blocks';
}

function isBlock(block: Json): boolean {
  const elements = list(block['elements']);
  switch (block['type']) {
    case 'header':
      return isText(object(block['text']), 150) && object(block['text'])['type'] === 'plain_text';
    case 'section': {
      const fields = list(block['fields']);
      return (
        (fields.length > 0 || isText(object(block['text']), 3_000)) && fields.length <= 10 && fields.every((one) => isText(one, 2_000))
      );
    }
    case 'context':
      return elements.length > 0 && elements.length <= 10 && elements.every((one) => isText(one, 3_000));
    case 'actions': {
      const ids = elements.map((one) => one['action_id']);
      return elements.length > 0 && elements.length <= 25 && new Set(ids).size === ids.length && elements.every(isButton);
    }
    case 'rich_text':
      return elements.length > 0 && elements.every(isRich);
    case 'image': {
      const { slack_file: file, alt_text: words } = block;
      return /^F[A-Z0-9]{8,}$/.test(String(object(file)['id'])) && isString(words) && String(words).length <= 2_000;
    }
    default:
      return false;
  }
}

function isButton(element: Json): boolean {
  const { style, value, action_id: id } = element;
  const fits = typeof id === 'string' && id.length <= 255 && typeof value === 'string' && value.length <= 2_000;
  return (
    element['type'] === 'button' &&
    isText(object(element['text']), 75) &&
    fits &&
    (style === undefined || style === 'primary' || style === 'danger')
  );
}

function isRich(element: Json): boolean {
  const elements = list(element['elements']);
  switch (element['type']) {
    case 'rich_text_list':
      return elements.every((one) => one['type'] === 'rich_text_section' && isRich(one));
    case 'rich_text_section':
    case 'rich_text_quote':
    case 'rich_text_preformatted':
      return elements.every(isRich);
    case 'text':
      return isString(element['text']);
    case 'date':
      return Number.isSafeInteger(element['timestamp']) && /\{\w+\}/.test(String(element['format'])) && isString(element['fallback']);
    case 'link':
      return (
        isString(element['url']) && URL.canParse(String(element['url'])) && (element['text'] === undefined || isString(element['text']))
      );
    default:
      return false;
  }
}

function isText(text: Json, most: number): boolean {
  return isString(text['text']) && String(text['text']).length <= most;
}

function isString(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.isWellFormed() && !value.includes('\0');
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}
