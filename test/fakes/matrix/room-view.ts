import { asObject, objectAt, textAt, type Json } from '../../../transports/matrix/json.ts';

/** What a person sees of one message, and what the network counts of it. */
export interface SeenMessage {
  readonly id: string;
  readonly thread: string | null;
  /** As a client with HTML shows it, with all edits applied. */
  readonly text: string;
  /** All text that goes over the wire for it, of the latest version. */
  readonly counted: string;
}

/** What a client makes of a room's events (oldest first): the messages of one sender, edited and without those taken back. */
export function seenMessages(events: readonly Json[], sender: string): SeenMessage[] {
  const redacted = new Set(
    events.flatMap((event) =>
      event['type'] === 'm.room.redaction' ? [textAt(event, 'redacts') ?? textAt(event['content'], 'redacts')] : [],
    ),
  );
  const messages = new Map<string, SeenMessage>();
  for (const event of events) {
    const id = textAt(event, 'event_id') ?? '';
    if (event['type'] !== 'm.room.message' || textAt(event, 'sender') !== sender || redacted.has(id)) continue;
    const content = objectAt(event, 'content');
    const relation = objectAt(content, 'm.relates_to');
    // The words of a picture are shown to who does not see it, and to nobody else.
    if (textAt(content, 'body') === null || textAt(content, 'msgtype') === 'm.image') continue;
    if (textAt(relation, 'rel_type') === 'm.replace') {
      const target = textAt(relation, 'event_id') ?? '';
      const before = messages.get(target);
      if (before !== undefined) messages.set(target, { ...before, ...textOf(objectAt(content, 'm.new_content')) });
      continue;
    }
    const thread = textAt(relation, 'rel_type') === 'm.thread' ? textAt(relation, 'event_id') : null;
    messages.set(id, { id, thread, ...textOf(content) });
  }
  return [...messages.values()];
}

/**
 * Whom an event would notify by the push rules of the specification: those in `m.mentions`; where that is missing,
 * whoever's id, or `@room`, stands in the body.
 */
export function notifiedBy(event: Json): string[] {
  const content = objectAt(event, 'content');
  const mentions = content['m.mentions'];
  if (mentions === undefined) return textAt(content, 'body')?.match(/@room|@[a-z]+:[a-z.]+/g) ?? [];
  const ids = asObject(mentions)['user_ids'];
  return [...(Array.isArray(ids) ? ids.map(String) : []), ...(asObject(mentions)['room'] === true ? ['@room'] : [])];
}

function textOf(content: Json): { text: string; counted: string } {
  const body = textAt(content, 'body') ?? '';
  const html = textAt(content, 'formatted_body');
  return { text: html === null ? body : htmlText(html), counted: body + (html ?? '') };
}

/** The text of the HTML that Matrix allows: tags are only what was not escaped. */
export function htmlText(html: string): string {
  return html
    .replaceAll(/<br>|<\/(?:p|h4|li|tr|pre|blockquote)>/g, '\n')
    .replaceAll(/<\/t[dh]>/g, ' ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
