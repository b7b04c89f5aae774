import { textOf, type Payload } from './payload.ts';

/** What a button asks for that was pressed, and the command that the text belongs to. */
export interface Asked {
  readonly command: string;
  readonly title: string;
  readonly label: string;
}

/** What stands in such a button; null: it is none of ours. */
export function askedBy(value: string | null): Asked | null {
  const read = objectIn(value);
  const [command, title, label] = [textOf(read, 'command'), textOf(read, 'title'), textOf(read, 'label')];
  return command === null || title === null || label === null ? null : { command, title, label };
}

/** Where a form was asked for, as it was opened with; Slack gives it back signed. */
export function askedAt(
  metadata: string | null,
): { readonly room: string; readonly thread: string | null; readonly command: string } | null {
  const read = objectIn(metadata);
  const [room, command] = [textOf(read, 'room'), textOf(read, 'command')];
  return room === null || command === null ? null : { room, thread: textOf(read, 'thread'), command };
}

function objectIn(text: string | null): Payload {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null ? (value as Payload) : {};
  } catch {
    return {};
  }
}
