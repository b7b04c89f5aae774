import { code, codeBlock, command as typed, doc, fields, paragraph, type Content } from '../../message/build.ts';
import type { Block, Document } from '../../message/document.ts';
import { visibleLine } from '../../message/sanitize.ts';
import { displayWidth, graphemeStart } from '../../message/width.ts';
import { usage } from '../help-text.ts';
import { commandName } from '../described.ts';
import type { ParseProblem } from './parse-problem.ts';

/** How much of the line is shown before and after the place, in UTF-16 units: together, with two dots, what a phone shows in a fixed-width font. */
const BEFORE = 16;
const AFTER = 22;

/** A parse problem as the room sees it: what is wrong, where, the right syntax, and what to do next. */
export function problemDocument(problem: ParseProblem): Document {
  const { command, near } = problem;
  return doc(
    paragraph(problem.message, ...problem.next, ...didYouMean(near, command === null ? typed : code)),
    problem.code !== 'empty' && pointedLine(problem),
    command !== null && fields([['Usage', code(usage(command))]]),
    command === null ? paragraph(typed('help'), ' lists all commands.') : paragraph(typed(`help ${commandName(command)}`), ' explains it.'),
  );
}

function didYouMean(near: readonly string[], as: (value: string) => Content): Content[] {
  return near.flatMap((one, index) => [
    index === 0 ? ' Did you mean ' : index === near.length - 1 ? ' or ' : ', ',
    as(one),
    index === near.length - 1 ? '?' : '',
  ]);
}

/** The line of the text with carets under the place, cut visibly where it is long. */
function pointedLine({ source, offset, length }: ParseProblem): Block {
  const lineStart = source.lastIndexOf('\n', offset - 1) + 1;
  const nextBreak = source.indexOf('\n', offset);
  const lineEnd = nextBreak === -1 ? source.length : nextBreak;
  const from = offset - lineStart > BEFORE ? graphemeStart(source, offset - BEFORE) : lineStart;
  const to = lineEnd - offset > AFTER ? graphemeStart(source, offset + AFTER) : lineEnd;
  const before = `${from > lineStart ? '…' : ''}${visibleLine(source.slice(from, offset))}`;
  const about = visibleLine(source.slice(offset, Math.min(offset + length, to)));
  const rest = `${visibleLine(source.slice(Math.min(offset + length, to), to))}${to < lineEnd ? '…' : ''}`;
  // A missing word is marked one column after the text.
  const space = length === 0 && before !== '' && !before.endsWith(' ') ? ' ' : '';
  const carets = '^'.repeat(Math.max(1, displayWidth(about)));
  return codeBlock(`${before}${about}${rest}\n${' '.repeat(displayWidth(before))}${space}${carets}`);
}
