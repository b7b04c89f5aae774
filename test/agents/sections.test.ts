import { assert, pre, property, stringMatching } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editSection, scopeOf } from '../../src/agents/sections.ts';

describe('editing a section', () => {
  it('adds it at the end, with a capital', () => {
    expect(editSection('', 'notes', ' x ')).toEqual({ description: '## Notes\n\nx', name: 'Notes', created: true });
    expect(editSection('Intro.\n', 'open questions', 'x').description).toBe('Intro.\n\n## Open questions\n\nx');
  });

  it('replaces what stands under the heading, with the headings below it', () => {
    const text = '# All\n\n### notes ###\nold\n#### deeper\nold\n\n## End\nkept';
    expect(editSection(text, 'Notes', 'new')).toEqual({
      description: '# All\n\n### notes ###\n\nnew\n\n## End\nkept',
      name: 'notes',
      created: false,
    });
  });

  it('does not take a heading in a code fence for one', () => {
    const text = '```sh\n# Notes\n```';
    expect(editSection(text, 'notes', 'x')).toMatchObject({ created: true, description: `${text}\n\n## Notes\n\nx` });
  });

  it('gives the same when it is done twice', () => {
    const part = stringMatching(/^[a-z #`\n-]{0,80}$/);
    const name = stringMatching(/^[a-z]{1,8}$/);
    assert(
      property(part, name, stringMatching(/^[a-z \n]{1,40}$/), (description, heading, text) => {
        // An open code fence takes in whatever is added behind it.
        pre(!description.includes('```') && text.trim() !== '');
        const once = editSection(description, heading, text);
        const twice = editSection(once.description, heading, text);
        expect(twice).toEqual({ ...once, created: false });
      }),
    );
  });
});

describe('what is out of scope', () => {
  it('is the section of that name, and the description is the rest', () => {
    expect(scopeOf('Intro.\n\n## Out of scope\n\nNo Windows.\n### Not even WSL\nno\n\n## Notes\nAsk.')).toEqual({
      description: 'Intro.\n\n## Notes\nAsk.',
      outOfScope: 'No Windows.\n### Not even WSL\nno',
    });
    expect(scopeOf('# out-of-scope:\nNo Windows.')).toEqual({ description: '', outOfScope: 'No Windows.' });
  });

  it('is a line that begins so as well, with what follows it up to an empty line', () => {
    expect(scopeOf('Export as CSV.\nOut of scope: Excel,\nnumbers\n\nUse UTF-8.')).toEqual({
      description: 'Export as CSV.\n\nUse UTF-8.',
      outOfScope: 'Excel,\nnumbers',
    });
    expect(scopeOf('**Out of scope:** Excel').outOfScope).toBe('Excel');
  });

  it('is nothing where the words stand in a sentence or in a code fence', () => {
    for (const text of ['', 'It is out of scope: no.', '```\n## Out of scope\nx\n```', 'Out of scope'])
      expect(scopeOf(text)).toEqual({ description: text, outOfScope: '' });
  });

  it('loses no line of any description', () => {
    assert(
      property(stringMatching(/^(?:(?:#{1,3} )?(?:out of scope:?|a|b) ?x?\n{1,2}){0,6}$/), (text) => {
        const { description, outOfScope } = scopeOf(text);
        const words = (of: string): string[] => of.match(/[abx]/g) ?? [];
        const headed = text.replaceAll(/out of scope:? ?/g, '');
        expect(words(`${description}${outOfScope}`.replaceAll(/out of scope:? ?/g, '')).toSorted()).toEqual(words(headed).toSorted());
      }),
    );
  });
});
