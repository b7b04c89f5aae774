import { line, type Content } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import type { Reply } from './reply.ts';

/** The final reply to a command that did what was asked. */
export function done(...content: readonly Content[]): Reply {
  return { ok: true, code: null, body: line(...content) };
}

/** The final reply to a command whose effect takes longer than anybody waits for a reply: the room is told how it ends. */
export function goesOn(...content: readonly Content[]): Reply {
  return { ...done(...content), unfinished: true };
}

/** The final reply to a command that did nothing: why, and what to do next. `code` is stable, for the audit and tests. */
export function refused(code: string, ...content: readonly Content[]): Reply {
  return { ok: false, code, body: line(...content) };
}

/** A final reply with its own document. */
export function answer(body: Document): Reply {
  return { ok: true, code: null, body };
}
