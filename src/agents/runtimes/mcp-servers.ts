import type { RunAccess } from '../access.ts';

/** A list of MCP servers with Musher in it, in the form that most programs share (`--mcp-config`). Holds the run's token. */
export function mcpServers({ url, token }: RunAccess): string {
  return JSON.stringify({ mcpServers: { musher: { type: 'http', url, headers: { Authorization: `Bearer ${token}` } } } });
}
