import { NETWORKS } from '../../../transports/index.ts';
import type { Network } from '../../../transports/network.ts';
import { MusherError } from '../../errors.ts';
import { failure } from './check.ts';
import type { Check, Finding } from './check.ts';

/** Longest check of one network, in ms: doctor should not hang on a network that is down. */
const LONGEST_LOOK = 15_000;

/** Looks at the networks as a start would, without connecting: token, permissions, rooms, port. Changes nothing there. */
export const networks: Check = (subject) => networksOf(NETWORKS, subject);

/** The same of a list of networks. */
export async function networksOf(all: readonly Network[], { settings }: Parameters<Check>[0]): Promise<readonly Finding[]> {
  if (settings === null) return [];
  const looks = settings.networks.map(async ({ name, section }) => {
    const signal = AbortSignal.timeout(LONGEST_LOOK);
    const rooms = settings.rooms.filter(({ transport }) => transport === name).map(({ id }) => id);
    try {
      return (await all.find((one) => one.name === name)?.doctor(section, rooms, signal)) ?? [];
    } catch (error) {
      return [failed(name, error, signal)];
    }
  });
  return (await Promise.all(looks)).flat();
}

/** What a network did not answer. Texts of errors name addresses and codes, never what was sent. */
function failed(subject: string, error: unknown, signal: AbortSignal): Finding {
  if (signal.aborted) return failure(subject, `did not answer within ${LONGEST_LOOK / 1000} s`, 'Check the connection and the address.');
  if (error instanceof MusherError) return failure(subject, error.message.replace(/\.$/, ''), error.hint);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : String(cause);
  return failure(subject, `cannot be reached: ${why}`, 'Check the connection and the address.');
}
