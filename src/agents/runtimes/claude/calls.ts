import { createHash } from 'node:crypto';
import type { Signal } from '../../supervision/signals.ts';
import { oneLine } from '../../text.ts';
import { asFields, listField, textField, type Fields } from '../json-line.ts';

/** Tools by which Claude Code turns to whoever sits before it; in headless mode nobody does. */
const ASKING = new Map([
  ['AskUserQuestion', 'an answer'],
  ['ExitPlanMode', 'a yes to its plan'],
]);

/** Tool calls of one run and their answers, matched by their ids. */
export interface ClaudeCalls {
  /** Blocks of an assistant's message. */
  made(blocks: readonly Fields[]): void;
  /** Blocks of a user's message: what the tools answered. */
  answered(blocks: readonly Fields[]): readonly Signal[];
  /** What a refused call would have needed, in one line. */
  permission(id: string | null, tool: string): string;
}

/** Starts with no call; one for each run. A call is forgotten once it was answered. */
export function claudeCalls(): ClaudeCalls {
  const open = new Map<string, { readonly text: string; readonly key: string }>();
  return {
    made(blocks) {
      for (const block of blocks) {
        const id = textField(block, 'id');
        if (block['type'] !== 'tool_use' || id === null) continue;
        open.set(id, { text: describe(block), key: `${textField(block, 'name') ?? ''} ${JSON.stringify(block['input'])}` });
      }
    },
    answered(blocks) {
      return blocks.flatMap((block): Signal[] => {
        const id = textField(block, 'tool_use_id') ?? '';
        const call = open.get(id);
        if (block['type'] !== 'tool_result' || call === undefined) return [];
        open.delete(id);
        const answer = JSON.stringify(block['content']) ?? '';
        const same = createHash('sha256').update(`${call.key}\0${answer}`).digest('hex');
        return [{ kind: 'call', text: call.text, same, error: block['is_error'] === true ? oneLine(answer) : null }];
      });
    },
    permission: (id, tool) => oneLine(`permission for ${(id === null ? null : open.get(id)?.text) ?? tool}`),
  };
}

/** What an assistant's block asks a person for. */
export function askedBy(block: Fields): Signal[] {
  const what = block['type'] === 'tool_use' ? ASKING.get(textField(block, 'name') ?? '') : undefined;
  if (what === undefined) return [];
  const [question] = listField(asFields(block['input']) ?? {}, 'questions');
  const text = question === undefined ? null : textField(question, 'question');
  return [{ kind: 'asks', text: text === null ? what : oneLine(`${what} to “${text}”`) }];
}

function describe(block: Fields): string {
  const input = asFields(block['input']) ?? {};
  const target = ['command', 'file_path', 'path', 'pattern', 'url', 'query']
    .map((name) => textField(input, name))
    .find((one) => one !== null);
  return oneLine(`${textField(block, 'name') ?? 'a tool'} ${target ?? ''}`, 120);
}
