import { join } from 'node:path';
import type { RunAccess } from '../access.ts';

const CLIENT = 'ask-musher.mjs';
const ACCESS = 'musher.json';
/** Longest wait for people in seconds: Musher's own answer comes long before. */
export const HOOK_SECONDS = 86_400;

/** Files of a run by which a program's hook asks people by Musher, as Claude Code does by itself. */
export interface ApprovalHook {
  /** A shell's command line: the hook gets the program's question on standard input and answers on standard output. */
  readonly command: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/**
 * Makes the hook of a program that reads the same questions and answers as Codex' `PermissionRequest`. It runs beside the
 * program, outside of the program's own sandbox, by the Node that runs Musher. Whatever goes wrong in it is a denial.
 */
export function approvalHook(runDir: string, { url, token }: RunAccess): ApprovalHook {
  const quoted = [process.execPath, join(runDir, CLIENT)].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  return {
    command: quoted.join(' '),
    files: [
      { name: CLIENT, text: SOURCE },
      { name: ACCESS, text: JSON.stringify({ url, token }) },
    ],
  };
}

/**
 * One call of the tool `approve`, without the MCP SDK, so that it starts at once and from any folder. A connection that
 * breaks is made again: Musher knows the question by its id and continues with it.
 */
const SOURCE = `
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const { url, token } = JSON.parse(readFileSync(new URL('${ACCESS}', import.meta.url), 'utf8'));
const TRIES = 12;

async function ask(name, input) {
  const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const args = { tool_name: name, input, tool_use_id: randomUUID() };
  const params = { name: 'approve', arguments: args, _meta: { progressToken: 1 } };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(url, { method: 'POST', headers, body });
      if (!response.ok) return { behavior: 'deny', message: 'Musher answered with ' + response.status + '.' };
      let text = '';
      const decoder = new TextDecoder();
      for await (const chunk of response.body) {
        text += decoder.decode(chunk, { stream: true });
        for (const line of text.split('\\n').slice(0, -1)) {
          const message = line.startsWith('data: {') ? JSON.parse(line.slice(6)) : null;
          if (message?.id === 1) return JSON.parse(message.result.content[0].text);
        }
        text = text.slice(text.lastIndexOf('\\n') + 1);
      }
    } catch (error) {
      if (attempt === TRIES) return { behavior: 'deny', message: 'Musher was not reached.' };
    }
    if (attempt === TRIES) return { behavior: 'deny', message: 'Musher gave no answer.' };
    await setTimeout(1000 * attempt);
  }
}

async function decide() {
  try {
    const asked = JSON.parse(readFileSync(0, 'utf8'));
    const { behavior, message } = await ask(asked.tool_name, asked.tool_input);
    return behavior === 'allow' ? { behavior } : { behavior: 'deny', message };
  } catch {
    return { behavior: 'deny', message: 'The question could not be put to people.' };
  }
}

console.log(JSON.stringify({ hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: await decide() } }));
`;
