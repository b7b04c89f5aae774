import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallTalk } from '../../src/bot/courtesy.ts';
import { parseCommand } from '../../src/bot/parse/parse.ts';
import { COMMANDS } from '../../commands/index.ts';
import { commandTable } from '../../src/bot/command-table.ts';

const table = commandTable(COMMANDS);
const context = { currentProject: 'shop', projects: ['shop'] };
const parse = (text: string) => parseCommand(text, table, context);
const said = (text: string): string => {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.message}`);
  return parsed.value.text;
};

describe('a command with polite words and punctuation around it', () => {
  it.each([
    ['status please!', 'status'],
    ['status?', 'status'],
    ['STATUS', 'STATUS'],
    ['status.', 'status'],
    ['please status', 'status'],
    ['Please, status', 'status'],
    ['hey, show 3 thanks!', 'show 3'],
    ['show 3?', 'show 3'],
    ['please show 3, please?', 'show 3'],
    ['start 3.', 'start 3'],
    ['start 3 please', 'start 3'],
    ['ok, retry 3!', 'retry 3'],
  ])('%s', (text, command) => {
    expect(said(text).replace(/[.?!]$/, '')).toBe(command);
  });

  it.each(['create story Say “please?”', 'create bug Why does it stop?!', 'reject 3 Say please.', 'reject 3 No thanks!'])(
    'keeps what belongs to the text of %s',
    (text) => {
      const parsed = parse(text);
      const last = parsed.ok ? Object.values(parsed.value.args).findLast((value) => value !== null) : null;
      const [written] = /(?:Say|Why|No) .*$/.exec(text) ?? [];
      expect(JSON.stringify(last)).toContain(JSON.stringify(written).slice(1, -1));
    },
  );

  it('does nothing where it may be a question', () => {
    for (const text of ['start 3?', 'undo?', 'delete 3, please?']) expect(parse(text).ok).toBe(false);
  });

  it('shows what is wrong with the command, and not with the politeness', () => {
    const parsed = parse('please shwo 3');
    expect(parsed.ok ? '' : parsed.error.message).toContain('shwo');
    const short = parse('reject 3.');
    expect(short).toMatchObject({ ok: false, error: { code: 'missing-argument', argument: 'reason' } });
  });

  it('takes a text of any length as quickly', () => {
    for (const text of [' please'.repeat(200_000), '!'.repeat(1_000_000), ' '.repeat(1_000_000)]) expect(parse(text).ok).toBe(false);
  });
});

it('hears greetings and thanks, and nothing else as such', () => {
  for (const text of ['hi', 'Hello!', 'hey :)', 'good morning']) expect(smallTalk(text)).toBe('greeting');
  for (const text of ['thanks', 'Thank you!!', 'thx 🙏']) expect(smallTalk(text)).toBe('thanks');
  for (const text of ['thanks for nothing', 'hi there is a bug', '???', '42', 'status']) expect(smallTalk(text)).toBeNull();
});

it('finds no command where there is none, whatever is around it', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parse(text).ok && smallTalk(text) !== null).toBe(false);
    }),
  );
});
