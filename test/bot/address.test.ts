import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IngressKind } from '../../src/message/address.ts';
import { commandText, type AddressRules } from '../../src/bot/loop/address.ts';

const room: AddressRules = {
  ingress: 'message',
  botNames: ['musher', 'Musher Bot'],
  botIds: ['U0123', '@musher:example.org'],
  prefix: '!',
};
const command = (text: string, rules: AddressRules = room): string | null => {
  const addressed = commandText(text, rules);
  return addressed.addressed ? addressed.command : null;
};

describe('commandText in a room', () => {
  it.each([
    '@musher show 42',
    '@Musher: show 42',
    'musher: show 42',
    'musher, show 42',
    'MUSHER,show 42',
    'musher bot: show 42',
    '!show 42',
    '<@U0123> show 42',
    '<@U0123>: show 42',
    '<@!U0123>show 42',
    '<@U0123|musher> show 42',
    '@musher:example.org show 42',
    '@musher:example.org: show 42',
    '  @musher   show 42  ',
    '@musher /show 42',
    '@musher !show 42',
    'hi @musher show 42',
    'Hey Musher, show 42',
    'hello <@U0123>: show 42',
    '<@U777> <@U0123> show 42',
    '<@U0123> <@U777> show 42',
  ])('is addressed by %j', (text) => {
    expect(command(text)).toBe('show 42');
  });

  it.each([
    'show 42',
    'musher is slow today',
    'hey musher is slow today',
    'thanks, @musher',
    '<@U777> show 42',
    'ask @musher show 42',
    '@musherman show 42',
    'musherman: show 42',
    '@musher-2 show 42',
    '<@U01234> show 42',
    '/show 42',
    '!',
    '!!!',
    '! no',
    '@musher:other.org show 42 now',
    '',
  ])('is not addressed by %j', (text) => {
    expect(commandText(text, room)).toEqual({ addressed: false });
  });

  it('is addressed by its name alone, with an empty command', () => {
    for (const text of ['hi musher', 'Hello, Musher!', 'good morning @musher']) expect(command(text)).toBe('');
    expect(command('@musher')).toBe('');
    expect(command('<@U0123>')).toBe('');
  });

  it('keeps the line breaks of the command', () => {
    expect(command('musher: create bug T\n- [ ] a\n')).toBe('create bug T\n- [ ] a');
  });

  it('has no prefix where none is set', () => {
    expect(command('!show 42', { ...room, prefix: '' })).toBeNull();
  });
});

describe('commandText where Musher is always meant', () => {
  it.each(['direct', 'terminal', 'slash', 'button', 'select', 'modal', 'reaction'] as const)('takes a bare command over %s', (ingress) => {
    expect(command('show 42', { ...room, ingress })).toBe('show 42');
  });

  it.each(['/show 42', '!show 42', '@musher show 42', 'musher: show 42', '<@U0123> show 42'])('tolerates %j in a terminal', (text) => {
    expect(command(text, { ...room, ingress: 'terminal' })).toBe('show 42');
    expect(command(text, { ...room, ingress: 'terminal', prefix: '' })).toBe('show 42');
  });

  it('takes a message that the network itself calls a mention', () => {
    expect(command('show 42', { ...room, ingress: 'mention' })).toBe('show 42');
    expect(command('<@U0123> show 42', { ...room, ingress: 'mention' })).toBe('show 42');
  });
});

describe('commandText of any text', () => {
  it('gives a trimmed end of the text, and never throws', () => {
    const pieces = fc.array(fc.constantFrom('@musher', 'musher', ':', ',', '!', '/', '<@U0123', '|', '>', ' ', '\n', 'show', '\ud800'), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((all) => all.join('')),
          fc.string({ unit: 'binary' }),
        ),
        fc.constantFrom<IngressKind>('message', 'direct'),
        (text, ingress) => {
          const found = command(text, { ...room, ingress });
          expect(text.trimEnd().endsWith(found ?? '')).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
