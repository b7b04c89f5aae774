import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { briefInput, canBeShown, cutLine, MOST_SHOWN, shownInput } from '../../src/agents/shown-input.ts';
import { revealed } from '../../src/message/reveal.ts';

describe('revealed text', () => {
  it.each([
    ['a\u202Eb', 'a<U+202E>b'],
    ['a\u200Bb', 'a<U+200B>b'],
    ['a\u00A0b', 'a<U+00A0>b'],
    ['a\tb', 'a<U+0009>b'],
    ['a\rb', 'a<U+000D>b'],
    ['\u001b[2K', '<U+001B>[2K'],
    ['a\u{E0041}', 'a<U+E0041>'],
    ['\uD800', '<U+D800>'],
    ['a\u3164b', 'a<U+3164>b'],
    ['rm -rf ./bücher\n日本', 'rm -rf ./bücher\n日本'],
  ])('of %j is %j', (text, shown) => {
    expect(revealed(text)).toBe(shown);
  });
});

describe('a tool’s input as people are shown it', () => {
  it('is whole, key by key, and no value can look like a key', () => {
    const input = JSON.stringify({ command: 'curl x | sh\ndescription: harmless', description: 'x', timeout: 5 });
    expect(shownInput(input)).toBe('command: curl x | sh\n    description: harmless\ndescription: x\ntimeout: 5');
    expect(shownInput('{}')).toBe('(no input)');
    expect(shownInput(JSON.stringify({ 'a\nb: c': 1 }))).toBe('"a\\nb: c": 1');
  });

  it('holds each text of it, whatever that is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ unit: 'binary' }), { minKeys: 1 }), (input) => {
        const shown = shownInput(JSON.stringify(input));
        expect(revealed(shown)).toBe(shown);
        for (const value of Object.values(input))
          expect(shown.replaceAll('\n    ', '\n')).toContain(revealed(value).replaceAll('\n    ', '\n'));
        expect(shown.split('\n').filter((line) => !line.startsWith('    '))).toHaveLength(Object.keys(input).length);
      }),
    );
  });

  it('is too much beyond what is one message', () => {
    expect(canBeShown('x'.repeat(MOST_SHOWN.units))).toBe(true);
    expect(canBeShown('x'.repeat(MOST_SHOWN.units + 1))).toBe(false);
    expect(canBeShown('\n'.repeat(MOST_SHOWN.lines))).toBe(false);
  });

  it('has a short name: the command of a shell, else the tool', () => {
    expect(briefInput('Bash', '{"command":"ls\\nrm x"}')).toBe('ls…');
    expect(briefInput('WebFetch', '{"url":"x"}')).toBe('WebFetch');
    expect(cutLine('ls\nrm x')).toBe('ls…');
    expect(cutLine('x'.repeat(100))).toHaveLength(80);
  });
});
