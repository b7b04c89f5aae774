import { createServer } from 'node:http';
import process from 'node:process';
import { createSlackAdapter } from '@chat-adapter/slack';
import { createMemoryState } from '@chat-adapter/state-memory';
import { Chat, type Adapter, type StateAdapter } from 'chat';

/** The least that a bot on Vercel's Chat SDK does with a slash command: it answers whoever typed it, and keeps nothing but memory. */
const { PORT = '0', SECRET = '', API_URL = '', TOKEN = '' } = process.env;
const adapter = createSlackAdapter({ botToken: TOKEN, signingSecret: SECRET, botUserId: 'UBOT', apiUrl: API_URL });
const chat = new Chat({
  userName: 'musher',
  // Their types were not written for `exactOptionalPropertyTypes`.
  adapters: { slack: adapter as Adapter },
  state: createMemoryState() as unknown as StateAdapter,
  logger: 'silent',
});
chat.onSlashCommand('/musher', async (event) => {
  // The trigger tells the bench which command this answers: there is no response address here.
  await event.channel.postEphemeral(event.user, `pong ${event.triggerId ?? ''}`, { fallbackToDM: false });
});
await chat.initialize();
const server = createServer((incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.once('end', () => {
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) if (typeof value === 'string') headers.set(name, value);
    const asked = new Request(`http://127.0.0.1${incoming.url ?? '/'}`, { method: 'POST', headers, body: Buffer.concat(chunks) });
    void chat.webhooks['slack']?.(asked).then(async (answer) => outgoing.writeHead(answer.status).end(await answer.text()));
  });
});
server.listen(Number(PORT), '127.0.0.1');
