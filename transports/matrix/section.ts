import * as z from 'zod';
import { text, token } from '../keys.ts';

/** The keys of its section in `bot.toml`. */
export const keys = z.strictObject({
  homeserver: z.url().meta({ description: 'The address of the client-server API.', example: 'https://matrix.example.org' }),
  access_token: token().meta({ description: 'The bot account’s token.', example: 'env:MATRIX_TOKEN' }),
  inviters: z
    .array(text())
    .default([])
    .meta({ description: 'Full ids of the people whose invitations Musher accepts.', example: ['@anna:example.org'] }),
});
export type MatrixSection = z.output<typeof keys>;
