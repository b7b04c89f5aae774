import type { GiveVerdict } from './voice.ts';

/**
 * Connects to Musher by MCP and returns how a verdict is given there (docs/runtimes.md). A reviewer connects before it runs any
 * code of the change: a verdict counts in the first session alone.
 */
export async function connectToMusher(url: string, token: string): Promise<GiveVerdict> {
  const headers: Record<string, string> = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const post = (message: object): Promise<Response> =>
    fetch(url, { method: 'POST', headers, body: JSON.stringify({ jsonrpc: '2.0', ...message }) });
  const clientInfo = { name: 'demo agent', version: '1' };
  const opened = await post({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
  await opened.text();
  headers['mcp-session-id'] = opened.headers.get('mcp-session-id') ?? '';
  await (await post({ method: 'notifications/initialized' })).text();
  return async (verdict, reason) => {
    const answer = await post({ id: 2, method: 'tools/call', params: { name: 'verdict', arguments: { verdict, reason } } });
    if (!answer.ok) throw new Error(`Musher did not take the verdict: ${answer.status}`);
    await answer.text();
  };
}
