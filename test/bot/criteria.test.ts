import { describe, expect, it } from 'vitest';
import { splitCriteria } from '../../src/bot/criteria.ts';

describe('splitCriteria', () => {
  it('takes check boxes out of a description, in order', () => {
    expect(splitCriteria('It breaks.\n\n- [ ] works\n* [x] is fast\n  + [X]   is small \n\nMore.')).toEqual({
      description: 'It breaks.\n\n\nMore.',
      criteria: [
        { text: 'works', checked: false },
        { text: 'is fast', checked: true },
        { text: 'is small', checked: true },
      ],
    });
  });

  it('drops the label that stood over them', () => {
    expect(splitCriteria('Why.\n\n## Acceptance criteria\n\n- [ ] a\n- [ ] b').description).toBe('Why.');
    expect(splitCriteria('Criteria:\n- [ ] a').description).toBe('');
  });

  it('leaves other lists, empty boxes and code fences where they are', () => {
    const text = '- a list\n- [ ]\n- [link](x)\n```\n- [ ] code\n```';
    expect(splitCriteria(text)).toEqual({ description: text, criteria: [] });
  });

  it('reads lines that end in CR LF', () => {
    expect(splitCriteria('- [ ] a\r\n- [ ] b\r\n').criteria.map(({ text }) => text)).toEqual(['a', 'b']);
  });
});
