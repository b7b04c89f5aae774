import process from 'node:process';
import bolt from '@slack/bolt';

/** The least that a bot on bolt does with a slash command: acknowledge it, then answer at its response address. */
const { PORT = '0', SECRET = '', API_URL = '', TOKEN = '' } = process.env;
const receiver = new bolt.HTTPReceiver({ signingSecret: SECRET, endpoints: ['/slack/events'], logLevel: bolt.LogLevel.ERROR });
const app = new bolt.App({
  token: TOKEN,
  receiver,
  tokenVerificationEnabled: false,
  clientOptions: { slackApiUrl: API_URL },
  logLevel: bolt.LogLevel.ERROR,
});
app.command('/musher', async ({ ack, respond }) => {
  await ack();
  await respond({ text: 'pong', response_type: 'ephemeral' });
});
await app.start({ port: Number(PORT), host: '127.0.0.1' });
process.stdout.write('ready\n');
