import { asFields } from './runtimes/json-line.ts';
import { oneLine } from './text.ts';

/** Deeper than this a value is shown as JSON. */
const DEEPEST = 8;
/** Fields of an event that say nothing to people: names of things, sums, marks of time. */
const NOISE: ReadonlySet<string> = new Set([
  'uuid',
  'id',
  'session_id',
  'sessionID',
  'sessionId',
  'thread_id',
  'parent_tool_use_id',
  'tool_use_id',
  'tool_id',
  'callID',
  'messageID',
  'request_id',
  'requestID',
  'usage',
  'tokens',
  'cost',
  'total_cost_usd',
  'modelUsage',
  'model',
  'role',
  'type',
  'subtype',
  'signature',
  'timestamp',
  'time',
  'stop_reason',
  'stop_sequence',
  'stop_details',
  'service_tier',
  'metadata',
  'snapshot',
  'num_turns',
  'duration_ms',
  'duration_api_ms',
  'container',
  'context_management',
]);

/** What a line of output is about, whatever program printed it. */
export interface RawEvent {
  /** Each text in it that is one of a field's or a list's. */
  readonly texts: readonly string[];
  /** Whether it calls a tool, or is the answer of one. */
  readonly tool: 'call' | 'answer' | null;
  readonly failed: boolean;
  /** All that it says, for people: a field a line, longer texts below their name. */
  readonly words: string;
}

const CALLS = /^(?:tool_use|tool_call|command_execution|file_change|mcp_tool_call|web_search)$/;
const ANSWERS = /^tool_result$/;

/** Reads a line of JSON; null for any other text. */
export function rawEvent(line: string): RawEvent | null {
  let value: unknown;
  try {
    value = line.trimStart().startsWith('{') ? JSON.parse(line.slice(line.indexOf('{'))) : null;
  } catch {
    return null;
  }
  const fields = asFields(value);
  if (fields === null) return null;
  const texts: string[] = [];
  let tool: RawEvent['tool'] = null;
  let failed = false;
  const walk = (one: unknown, key: string, depth: number): void => {
    if (typeof one === 'string') {
      if (key === 'type' && CALLS.test(one)) tool ??= 'call';
      else if (key === 'type' && ANSWERS.test(one)) tool = 'answer';
      else if (key === 'status' && (one === 'failed' || one === 'error')) failed = true;
      texts.push(one);
    } else if (one === true && key === 'is_error') failed = true;
    else if (typeof one === 'object' && one !== null && depth < DEEPEST)
      for (const [name, inner] of Object.entries(one)) walk(inner, name, depth + 1);
  };
  walk(fields, '', 0);
  return { texts, tool, failed, words: wordsOf(fields, 0).join('\n') };
}

/** The text of an event from which a parser made this line; null where the line was put together. */
export function wholeText({ texts }: RawEvent, line: string): string | null {
  return texts.find((text) => text !== line && oneLine(text) === line) ?? (texts.includes(line) ? line : null);
}

function wordsOf(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return value.split('\n');
  if (typeof value !== 'object' || value === null) return [String(value)];
  if (depth >= DEEPEST) return [JSON.stringify(value)];
  if (Array.isArray(value)) return value.flatMap((one) => wordsOf(one, depth + 1));
  return Object.entries(value).flatMap(([name, inner]) => {
    if (NOISE.has(name) || inner === null || inner === '') return [];
    const lines = wordsOf(inner, depth + 1);
    if (lines.length === 0) return [];
    // The envelope of a message says nothing by its names.
    if (depth < 4 && typeof inner === 'object') return lines;
    const [first = '', ...more] = lines;
    return more.length === 0 ? `${name}: ${first}` : [`${name}:`].concat(lines.map((line) => `  ${line}`));
  });
}
