import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { verdictOfLine, verdictOfText } from '../../src/agents/verdict.ts';

it.each([
  ['VERDICT: approve', { verdict: 'approve', reason: '' }],
  ['verdict: Approved.', { verdict: 'approve', reason: '' }],
  ['**VERDICT: approve**', { verdict: 'approve', reason: '' }],
  ['VERDICT: reject the test for 1.005 is missing', { verdict: 'reject', reason: 'the test for 1.005 is missing' }],
  ['> **VERDICT:** reject — no tests', { verdict: 'reject', reason: 'no tests' }],
  ['VERDICT: rejected', { verdict: 'reject', reason: '' }],
])('reads %j', (line, verdict) => {
  expect(verdictOfLine(line)).toEqual(verdict);
});

it.each([
  'VERDICT:',
  'VERDICT: approval pending',
  'my VERDICT: approve',
  'VERDICT: maybe',
  'VERDICT: not approve',
  'VERDICT: <approve or reject>',
])('reads no verdict from %j', (line) => {
  expect(verdictOfLine(line)).toBeNull();
});

it('takes the last verdict of a text, and only whole lines', () => {
  expect(verdictOfText('I would say VERDICT: approve\nVERDICT: approve\n\nOn second thought\nVERDICT: reject it leaks\n')).toEqual({
    verdict: 'reject',
    reason: 'it leaks',
  });
  expect(verdictOfText('nothing')).toBeNull();
});

it('answers any text at all', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(['approve', 'reject', undefined]).toContain(verdictOfText(`VERDICT: ${text}`)?.verdict);
    }),
  );
});
