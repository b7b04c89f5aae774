import * as z from 'zod';
import { token } from '../keys.ts';

/** The keys of its section in `bot.toml`. */
export const keys = z.strictObject({
  mode: z
    .enum(['socket', 'http'])
    .default('socket')
    .meta({ description: 'How Slack reaches Musher: over a socket that Musher opens, or with signed HTTP requests.' }),
  bot_token: token().meta({ description: 'The bot token, `xoxb-…`.', example: 'env:SLACK_BOT_TOKEN' }),
  app_token: token().optional().meta({ description: 'The app token, `xapp-…`; needed for `socket`.', example: 'env:SLACK_APP_TOKEN' }),
  signing_secret: token().optional().meta({ description: 'The signing secret; needed for `http`.', example: 'env:SLACK_SIGNING_SECRET' }),
  api_url: z.url().optional().meta({
    description: 'Base address of the Web API with a slash at the end, if it is not Slack’s own.',
    example: 'https://slack-gov.com/api/',
  }),
  port: z.int().min(0).max(65_535).default(3000).meta({ description: 'The port for `http`, on the loopback address.' }),
});
export type SlackSection = z.output<typeof keys>;
