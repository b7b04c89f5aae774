import { MusherError } from '../../errors.ts';
import { discord } from './discord.ts';
import { failure } from './check.ts';
import type { Check, Finding } from './check.ts';
import { matrix } from './matrix.ts';
import { slack } from './slack.ts';

/** Longest look at one network, in ms: whoever waits for the doctor should not wait for a network that is away. */
const LONGEST_LOOK = 15_000;

/** Looks at the networks as a start would, without connecting: token, permissions, rooms, port. Changes nothing there. */
export const networks: Check = async ({ settings }) => {
  if (settings === null) return [];
  const ids = (network: string): string[] => settings.rooms.filter(({ transport }) => transport === network).map(({ id }) => id);
  const looks: Promise<Finding[]>[] = [];
  const look = (subject: string, looking: (signal: AbortSignal) => Promise<Finding[]>): void => {
    const signal = AbortSignal.timeout(LONGEST_LOOK);
    looks.push(looking(signal).catch((error: unknown) => [failed(subject, error, signal)]));
  };
  const { matrix: m, slack: s, discord: d } = settings;
  if (m !== null) look('matrix', (signal) => matrix(m, ids('matrix'), signal));
  if (s !== null) look('slack', (signal) => slack(s, ids('slack'), signal));
  if (d !== null) look('discord', (signal) => discord(d, ids('discord'), signal));
  return (await Promise.all(looks)).flat();
};

/** What a network did not answer. Texts of errors name addresses and codes, never what was sent. */
function failed(subject: string, error: unknown, signal: AbortSignal): Finding {
  if (signal.aborted) return failure(subject, `did not answer within ${LONGEST_LOOK / 1000} s`, 'Check the connection and the address.');
  if (error instanceof MusherError) return failure(subject, error.message.replace(/\.$/, ''), error.hint);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : String(cause);
  return failure(subject, `can not be reached: ${why}`, 'Check the connection and the address.');
}
