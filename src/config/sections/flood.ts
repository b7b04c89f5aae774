import * as z from 'zod';

/** The section of `bot.toml` that bounds what one sender may send; whoever sits at the terminal is not bounded. */
export const floodSchema = z
  .strictObject({
    burst: z.int().min(1).max(10_000).default(20).meta({ description: 'Messages of one sender that are worked on as they come.' }),
    per_minute: z
      .int()
      .min(1)
      .max(600_000)
      .default(60)
      .meta({ description: 'Messages of that sender a minute after these; the others wait.' }),
    waiting: z
      .int()
      .min(1)
      .max(10_000)
      .default(40)
      .meta({ description: 'Messages of one sender that may wait; what comes then is not taken, and the sender is told once a minute.' }),
  })
  .prefault({})
  .meta({ description: "How a flood of one sender's messages is slowed down, so that others do not notice it." });
