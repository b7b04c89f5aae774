import * as z from 'zod';
import { token } from '../keys.ts';

/** The keys of its section in `bot.toml`. */
export const keys = z.strictObject({
  token: token().meta({ description: 'The bot’s token.', example: 'env:DISCORD_TOKEN' }),
  api_url: z
    .url()
    .optional()
    .meta({ description: "Base address of the API, if it is not Discord's own: a proxy.", example: 'https://proxy.example.org/api' }),
});
export type DiscordSection = z.output<typeof keys>;
