import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

export type GiveVerdict = (verdict: string, reason: string) => Promise<void>;

/**
 * Connects to Musher, which a reviewer does before it runs anything else, and returns how a verdict is given there. Written out:
 * the protocol's library takes a third of a second to load.
 */
export async function connectToMusher(): Promise<GiveVerdict> {
  const { MUSHER_MCP_URL = '', MUSHER_MCP_TOKEN = '' } = process.env;
  const headers = {
    authorization: `Bearer ${MUSHER_MCP_TOKEN}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  let session: string | null = null;
  const post = async (message: object): Promise<string> => {
    const more = session === null ? {} : { 'mcp-session-id': session };
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    const response = await patiently(() => fetch(MUSHER_MCP_URL, { method: 'POST', headers: { ...headers, ...more }, body }));
    session ??= response.headers.get('mcp-session-id');
    return response.text();
  };
  const clientInfo = { name: 'test agent', version: '1' };
  await post({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
  await post({ method: 'notifications/initialized' });
  return async (verdict, reason) => {
    const answer = await post({ id: 2, method: 'tools/call', params: { name: 'verdict', arguments: { verdict, reason } } });
    if (!answer.includes('Recorded')) process.stderr.write(`the verdict was not taken: ${answer}\n`);
  };
}

/** Musher may be gone for a moment: a test kills it. */
async function patiently(call: () => Promise<Response>): Promise<Response> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (tries >= 600) throw error;
      await sleep(100);
    }
  }
}
