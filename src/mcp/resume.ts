import type { ServerResponse } from 'node:http';
import type { Caller } from './caller.ts';
import { ended } from './people.ts';
import { eventIdOf, type Resumption } from './resumption.ts';
import { PROGRESS_MS, toResult } from './serve-call.ts';
import { refusal, type ToolAnswer, type ToolParts } from './tool.ts';
import { decision } from './tools/approve.ts';
import { answerText } from './tools/ask.ts';

/**
 * Goes on with a call whose connection broke: waits for the answer that people give and sends it on a new stream. What
 * no longer runs, because Musher was restarted, is told so: the agent may call again.
 */
export async function resume(parts: ToolParts, caller: Caller, resumption: Resumption, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' });
  const send = (message: object): void => {
    response.write(`id: ${eventIdOf(resumption)}\ndata: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
  };
  response.flushHeaders();
  const quiet = showProgress(parts, resumption, send);
  try {
    const answer = await answerOf(parts, caller, resumption, gone.signal);
    if (gone.signal.aborted) return;
    send({ id: resumption.id, result: toResult(answer) });
    response.end();
  } finally {
    quiet();
  }
}

async function answerOf(parts: ToolParts, { run }: Caller, { call }: Resumption, signal: AbortSignal): Promise<ToolAnswer> {
  const request = parts.log.reads.requests.ofCall(run.project, run.item, run.run, call);
  if (request === null) return refusal('Musher restarted during this call. Call it again.');
  const end = await ended(parts.log, request.number, signal);
  return request.ask.kind === 'permission' ? decision(end) : answerText(end);
}

function showProgress(parts: ToolParts, { progressToken }: Resumption, send: (message: object) => void): () => void {
  if (progressToken === null) return () => undefined;
  let cancel = (): void => undefined;
  const later = (progress: number): void => {
    cancel = parts.clock.at(parts.clock.now() + PROGRESS_MS, () => {
      send({ method: 'notifications/progress', params: { progressToken, progress } });
      later(progress + 1);
    });
  };
  // Above what was sent before the connection broke: progress only goes up.
  later(1_000_000);
  return () => cancel();
}
