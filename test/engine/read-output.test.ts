import { expect, it } from 'vitest';
import { readOutput } from '../../src/engine/measure/measure.ts';

it('the last line that has something in it is the value, without colours, and the lines before it are shown with it', () => {
  expect(readOutput('a\nb  \n\u001b[32m81 %\u001b[0m\n\n')).toEqual({ value: '81 %', output: 'a\nb' });
  expect(readOutput('')).toEqual({ value: '', output: '' });
  const long = readOutput(Array.from({ length: 100 }, (_, i) => `line ${i} ${'x'.repeat(500)}`).join('\n'));
  expect(long.value.length).toBe(200);
  expect(long.output.length).toBe(1_200);
});
