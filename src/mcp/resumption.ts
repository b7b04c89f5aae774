import { createHash } from 'node:crypto';
import * as z from 'zod';

/**
 * A call whose answer takes long, as its client names it when the connection broke: the id of the stream's first event.
 * It says all that is needed to give the answer again, so that a Musher that was restarted meanwhile needs no memory of
 * the connection; the request itself is in the log.
 */
export interface Resumption {
  readonly id: string | number;
  readonly progressToken: string | number | null;
  /** Names the call: see `callKey`. */
  readonly call: string;
}

const key = z.union([z.string(), z.number()]);
const callSchema = z.object({
  id: key,
  method: z.literal('tools/call'),
  params: z.object({
    name: z.string(),
    arguments: z.unknown(),
    _meta: z.object({ progressToken: key.optional() }).optional(),
  }),
});
const resumptionSchema = z.tuple([key, key.nullable(), z.string()]);

/** What a message asks for, as far as it can be resumed; null for what is no call of a tool. */
export function resumptionOf(message: unknown): Resumption | null {
  const parsed = callSchema.safeParse(message);
  if (!parsed.success) return null;
  const { id, params } = parsed.data;
  return { id, progressToken: params._meta?.progressToken ?? null, call: callKey(params.name, params.arguments) };
}

/** The same for the same tool with the same arguments, and for nothing else. */
export function callKey(tool: string, args: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([tool, args ?? null]))
    .digest('base64url');
}

/** As the id of an event. */
export function eventIdOf({ id, progressToken, call }: Resumption): string {
  return Buffer.from(JSON.stringify([id, progressToken, call])).toString('base64url');
}

/** What an event's id says; null where it is none of ours. */
export function resumptionIn(eventId: string): Resumption | null {
  try {
    const [id, progressToken, call] = resumptionSchema.parse(JSON.parse(Buffer.from(eventId, 'base64url').toString('utf8')));
    return { id, progressToken, call };
  } catch {
    return null;
  }
}
