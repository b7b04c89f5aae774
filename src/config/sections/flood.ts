import * as z from 'zod';
import type { AsSettings } from '../as-settings.ts';

/** The section of `bot.toml` that bounds what one sender may send; whoever sits at the terminal is not bounded. */
export const floodSchema = z.strictObject({
  burst: z.int().min(1).max(10_000).default(20).meta({ description: 'Messages of one sender that are handled at once.' }),
  per_minute: z
    .int()
    .min(1)
    .max(600_000)
    .default(60)
    .meta({ description: 'After that, messages of this sender per minute; the rest wait.' }),
  waiting: z.int().min(1).max(10_000).default(40).meta({
    description: 'Messages of one sender that may wait. Any more are skipped, and the sender gets a reply about it once a minute.',
  }),
});

/** What one sender may send. */
export type FloodSettings = AsSettings<typeof floodSchema>;
