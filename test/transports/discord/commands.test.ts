import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publishable } from '../../../transports/discord/intake/commands.ts';
import { LIMITS } from '../../../transports/discord/limits.ts';
import type { CommandCatalogue, CatalogueCommand, CatalogueOption } from '../../../transports/command-catalogue.ts';

const catalogue = (commands: readonly CatalogueCommand[]): CommandCatalogue => ({ commands, complete: () => [] });
const option = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/),
  description: fc.string({ maxLength: 200 }),
  type: fc.constantFrom('integer', 'string', 'boolean', 'choice', 'item'),
  required: fc.boolean(),
  choices: fc.array(fc.string({ maxLength: 120 }), { maxLength: 30 }),
  min: fc.constant(null),
  max: fc.constant(9),
  flag: fc.constant(null),
  several: fc.boolean(),
  rest: fc.boolean(),
  keyword: fc.option(fc.constant('on')),
  completes: fc.boolean(),
}) satisfies fc.Arbitrary<CatalogueOption>;

describe('commands for Discord', () => {
  it('are within its limits whatever is offered, and what is left out is said', () => {
    const command = fc.record({
      words: fc.array(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 3 }),
      summary: fc.string({ maxLength: 300 }),
      options: fc.array(option, { maxLength: 30 }),
    });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 120 }), (commands) => {
        const { body, problems } = publishable(catalogue(commands));
        expect(body.length + problems.length).toBe(commands.length);
        expect(body.length).toBeLessThanOrEqual(LIMITS.commands);
        for (const { name, description, options = [] } of body) {
          expect(name).toMatch(/^[-_a-z0-9]{1,32}$/);
          expect(description.length).toBeGreaterThan(0);
          expect(description.length).toBeLessThanOrEqual(100);
          expect(options.length).toBeLessThanOrEqual(25);
          expect(new Set(options.map((one) => one.name)).size).toBe(options.length);
          const required = options.map((one) => one.required === true);
          expect(required).toEqual(required.toSorted((one, other) => Number(other) - Number(one)));
          for (const one of options) {
            expect(one.description.length).toBeGreaterThan(0);
            expect(one.description.length).toBeLessThanOrEqual(100);
            expect('choices' in one ? (one.choices?.length ?? 0) : 0).toBeLessThanOrEqual(25);
          }
        }
      }),
    );
  });

  it('say of the 101st that Discord has no room for it', () => {
    const many = Array.from({ length: 101 }, (_, index) => ({ words: [`c${index}`], summary: 'x', options: [] }));
    expect(publishable(catalogue(many)).problems).toEqual(['/c100 is not published: Discord accepts at most 100 commands.']);
  });
});
