import { expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import { asSettings, type AsSettings } from '../../src/config/as-settings.ts';
import { durationField } from '../../src/config/duration.ts';

const section = z.strictObject({
  most_at_once: z.int().default(2),
  longest_wait: durationField().prefault('10m').meta({ description: 'Waits.' }),
  rest: durationField().optional(),
  folder: z.string().optional(),
  people: z.array(z.string()).default(['anna']),
});

it('has the keys of a section in camel case, with the unit where one is a duration, and null for what was left out', () => {
  expect(asSettings(section, section.parse({ rest: '2s' }))).toEqual({
    mostAtOnce: 2,
    longestWaitMs: 600_000,
    restMs: 2000,
    folder: null,
    people: ['anna'],
  });
});

it('has types that say the same', () => {
  expectTypeOf<AsSettings<typeof section>>().toEqualTypeOf<{
    readonly mostAtOnce: number;
    readonly longestWaitMs: number;
    readonly restMs: number | null;
    readonly folder: string | null;
    readonly people: readonly string[];
  }>();
});

it('has nothing of what the section does not know', () => {
  const values = { folder: '/x', extra: 1 };
  expect(asSettings(section.pick({ folder: true }), values)).toEqual({ folder: '/x' });
});
