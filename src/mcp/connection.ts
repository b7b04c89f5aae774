import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { tokenHash } from '../agents/access.ts';
import type { Caller } from './caller.ts';
import { change, write } from './events.ts';
import type { ToolParts } from './tool.ts';

/** In which a client of the protocol says which session a message belongs to. */
export const SESSION_HEADER = 'mcp-session-id';

// A reviewing program connects when it begins, before its model has started anything. What runs later, the code under review
// say, finds the run's token in files and environments, but not a session's id, which only the program's memory holds. So the
// session of which Musher hears first is the run's connection, and a verdict counts there alone.

/**
 * The id of a session for a client of a reviewing run that begins one; null where it begins none, or the run has its connection.
 * It is the connection with the first message that carries it: where its answer is lost, because Musher ends right now, the client
 * may begin once more. Nothing is stored before: an id proves itself.
 */
export function offerConnection(parts: ToolParts, { run }: Caller, message: unknown): string | null {
  if (run.role !== 'qa' || run.connectionHash !== undefined || !isInitialize(message)) return null;
  const nonce = randomBytes(24).toString('base64url');
  return `${nonce}.${proofOf(parts, run, nonce)}`;
}

/** Whether a message came over the run's connection; the first one that does makes it that. */
export function cameOverConnection(parts: ToolParts, caller: Caller, request: IncomingMessage): boolean {
  const id = request.headers[SESSION_HEADER];
  if (caller.run.role !== 'qa' || typeof id !== 'string') return false;
  const hash = tokenHash(id);
  if (caller.run.connectionHash !== undefined) return caller.run.connectionHash === hash;
  const [nonce = '', proof = ''] = id.split('.');
  if (!sameText(proof, proofOf(parts, caller.run, nonce))) return false;
  const mine = change(parts, caller, (tx, now) => {
    if (now.run.connectionHash !== undefined) return now.run.connectionHash === hash;
    return write(tx, now, 'run.connected', { run: now.run.run, connectionHash: hash });
  });
  return mine === true;
}

/** Holds for one process of a run: another one has another token. */
function proofOf({ log }: ToolParts, { project, item, run, tokenHash: token }: Caller['run'], nonce: string): string {
  const state = log.stateStore('mcp');
  let secret = state.get('connection-secret');
  if (secret === null) {
    secret = randomBytes(32).toString('base64url');
    state.set('connection-secret', secret);
  }
  return createHmac('sha256', secret)
    .update(JSON.stringify([project, item, run, token, nonce]))
    .digest('base64url');
}

function sameText(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function isInitialize(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'method' in message && message.method === 'initialize';
}
