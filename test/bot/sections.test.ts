import { assert, pre, property, stringMatching } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editSection } from '../../src/bot/sections.ts';

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
