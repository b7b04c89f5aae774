import { describe, expect, it } from 'vitest';
import { linksSchema } from '../../src/config/sections/links.ts';

const problem = (links: unknown): string => {
  const read = linksSchema.safeParse(links);
  return read.success ? 'fits' : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
};

describe('[links]', () => {
  it.each([
    { item: 'https://tracker.example.org/shop/{item}' },
    { item: 'http://127.0.0.1:8080/?q={item}#{item}', commit: 'https://git.example.org/commit/{commit}' },
    {},
  ])('takes web addresses with what is filled in: %j', (links) => {
    expect(problem(links)).toBe('fits');
  });

  it.each([
    [{ item: 'https://tracker.example.org/' }, 'item: must contain {item}'],
    [{ commit: 'https://git.example.org/{item}' }, 'commit: unknown placeholder "{item}"; use {commit}'],
    [{ item: 'https://{item}.example.org/' }, 'item: must be a web address'],
    [{ item: 'javascript:alert({item})' }, 'item: must be a web address'],
    [{ item: 'https://ann:secret@example.org/{item}' }, 'item: must be a web address'],
    [{ item: 'file:///etc/{item}' }, 'item: must be a web address'],
    [{ item: 'https://example.org/a b/{item}' }, 'item: must be a web address'],
  ])('refuses %j', (links, message) => {
    expect(problem(links)).toContain(message);
  });
});
