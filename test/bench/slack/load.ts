import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Answers } from './answers.ts';

export const SECRET = 'a-signing-secret-of-a-bench';
/** People and channels that commands come from, so that nobody's flood is slowed. */
export const PEOPLE = 50;

/** What so many commands took, each until its answer has arrived, with so many under way at once. */
export interface Load {
  readonly seconds: number;
  /** Of each command, ms. */
  readonly latencies: readonly number[];
}

/** Sends slash commands to a bot, and waits for each one's answer: in the response, at the response address or as an ephemeral message. */
export async function load(port: number, answers: Answers, count: number, atOnce: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const latencies: number[] = [];
  let left = count;
  const start = performance.now();
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const trigger = nextTrigger();
      const answered = answers.to(trigger);
      const sent = performance.now();
      const said = await send(port, agent, left % PEOPLE, trigger, answers.addressOf(trigger));
      if (said !== '') answers.came(trigger);
      await answered;
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  agent.destroy();
  return { seconds: (performance.now() - start) / 1_000, latencies };
}

let triggers = Date.now() * 1_000;

/** As Slack makes them: a number that grows, the workspace, and something random. */
function nextTrigger(): string {
  triggers += 1;
  return `${triggers}.738474920.${randomBytes(16).toString('hex')}`;
}

/** Sends one command; resolves with the text of the response. */
async function send(port: number, agent: Agent, who: number, trigger: string, responseUrl: string): Promise<string> {
  const body = new URLSearchParams({
    command: '/musher',
    text: 'ping',
    team_id: 'T1',
    api_app_id: 'A1',
    channel_id: `C${who}`,
    user_id: `U${who}`,
    user_name: `u${who}`,
    trigger_id: trigger,
    response_url: responseUrl,
  }).toString();
  const time = String(Math.floor(Date.now() / 1_000));
  const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${time}:${body}`).digest('hex')}`;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    'x-slack-request-timestamp': time,
    'x-slack-signature': signature,
  };
  const outgoing = request({ host: '127.0.0.1', port, path: '/slack/events', method: 'POST', headers, agent });
  const came = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  outgoing.end(body);
  const [response] = await came;
  const said = await text(response);
  if (response.statusCode !== 200) throw new Error(`a slash command was answered ${response.statusCode}`);
  return said;
}
