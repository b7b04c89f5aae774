import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { analyse } from 'scslre';
import { describe, expect, it } from 'vitest';
import { readEvent } from '../../transports/matrix/read-event.ts';
import { visibleLine } from '../../src/message/sanitize.ts';
import { NETWORKS } from '../../transports/index.ts';
import { shapesOf } from '../../src/redaction/shapes.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Expression {
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

/** All regular expressions that Musher's code holds, with the line of each. */
function expressionsIn(folder: string): Expression[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(ROOT, folder, file), 'utf8');
      const found: Expression[] = [];
      const visit = (node: unknown): void => {
        if (typeof node !== 'object' || node === null) return;
        if ('regex' in node && 'start' in node && typeof node.start === 'number') {
          const { pattern, flags } = node.regex as { readonly pattern: string; readonly flags: string };
          found.push({ where: `${folder}/${file}:${text.slice(0, node.start).split('\n').length}`, source: pattern, flags });
          return;
        }
        for (const inside of Object.values(node)) visit(inside);
      };
      visit(parseAst(text, { lang: 'ts' }));
      return found;
    });
}

/** Those in which two repetitions can share the same text in many ways: on a text made for it they take quadratic time or worse. */
function nested(expressions: readonly Expression[]): string[] {
  return expressions
    .filter(
      ({ source, flags }) => analyse({ source, flags }, { reportTypes: { Move: false }, assumeRejectingSuffix: true }).reports.length > 0,
    )
    .map(({ where, source }) => `${where} /${source}/`);
}

describe('regular expressions', () => {
  it('have no repetition that another one can take text from', () => {
    const all = ['src', 'transports', 'commands'].flatMap(expressionsIn);
    expect(all.length).toBeGreaterThan(300);
    expect(nested(all)).toEqual([]);
  });

  it('nor have the forms of secrets, which run on all that agents print', () => {
    const shapes = shapesOf(NETWORKS).map(({ name, pattern }) => ({ where: name, source: pattern, flags: 'g' }));
    expect(nested(shapes)).toEqual([]);
  });

  it('are told apart from those that do', () => {
    const of = (source: string): Expression => ({ where: 'here', source, flags: '' });
    expect(nested([of(String.raw`^\s*(?:<p>)?\s*<a`), of('(a+)+b'), of('^a*b*c'), of('x[ab]*b*$')])).toHaveLength(3);
  });
});

describe('a text made to be slow', () => {
  const SPACES = ' '.repeat(200_000);

  it('is read as a mention in no more steps than it has characters', () => {
    const reader = { me: '@bot:x', room: '!r:x', direct: false, nameOf: () => null, reactionCommands: { find: () => null } };
    const event = (html: string) => ({
      event_id: '$x',
      sender: '@stranger:evil.example',
      type: 'm.room.message',
      content: { msgtype: 'm.text', body: 'hi', formatted_body: html },
    });
    for (const html of [SPACES, `<p>${SPACES}`, `<a ${SPACES}`, '<mx-reply>'.repeat(20_000), `<a${' href="'.repeat(30_000)}`])
      expect(readEvent(event(html), reader)?.text).toBe('hi');
  });

  it('is put on one line', () => {
    expect(visibleLine(`a${SPACES}b${SPACES}\n${SPACES}c`)).toBe(`a${SPACES}b c`);
  });
});
