import { readFileSync } from 'node:fs';

const RECORDINGS = new URL('../recordings/', import.meta.url);

/** The lines of a recording, as the real program printed them. */
export function recorded(runtime: string, name: string): readonly string[] {
  return readFileSync(new URL(`${runtime}/${name}.jsonl`, RECORDINGS), 'utf8')
    .trimEnd()
    .split('\n');
}

/** What runtimes have to read over: terminals' commands, half an object, and a line of 2 MB, which is cut. */
export function withOddities(lines: readonly string[]): readonly string[] {
  const [first, ...others] = [...lines.slice(0, -1), `\u001b[0m${lines.at(-1) ?? ''}`];
  const huge = JSON.stringify({ type: 'user', message: { content: [{ type: 'tool_result', content: 'x'.repeat(2 * 1024 * 1024) }] } });
  return ['\u001b[?25l\u001b[2K', `\u001b]0;title\u0007\u001b[?2004l${first}`, '{"type":"assist', huge, '\u0000\u0007', ...others];
}
