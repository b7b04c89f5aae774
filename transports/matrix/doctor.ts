import { systemClock } from '../../src/clock.ts';
import { good, warning, type Finding } from '../../src/finding.ts';
import { homeserver, HomeserverError } from './homeserver.ts';
import { asObject, textAt } from './json.ts';
import type { MatrixSection } from './section.ts';
import { path } from './paths.ts';
import { startFailure } from './start-failure.ts';

/** Whose token it is, and whether the account is in its rooms and can read them. */
export async function examine(
  { homeserver: url, access_token: accessToken, inviters }: MatrixSection,
  rooms: readonly string[],
  signal: AbortSignal,
): Promise<Finding[]> {
  const call = homeserver({ url, accessToken, clock: systemClock() });
  const get = (at: string): Promise<unknown> => call({ method: 'GET', path: at, signal });
  const me = await get(path`/account/whoami`).then(
    (answer) => textAt(answer, 'user_id') ?? 'nobody',
    (error: unknown) => {
      throw startFailure(error, url);
    },
  );
  const joined = asObject(await get(path`/joined_rooms`))['joined_rooms'];
  const isIn = (room: string): boolean => Array.isArray(joined) && joined.includes(room);
  const invite = `Invite ${me} there, as ${inviters.join(' or ') || 'one of the people under inviters'}, while Musher runs.`;
  const findings = rooms.filter((room) => !isIn(room)).map((room) => warning('matrix', `${me} is not in ${room}`, invite));
  const encrypted = await Promise.all(rooms.filter(isIn).map(async (room) => ((await isEncrypted(get, room)) ? [room] : [])));
  return [good('matrix', `signed in as ${me}`), ...findings, ...(await unreadable(encrypted.flat()))];
}

async function isEncrypted(get: (at: string) => Promise<unknown>, room: string): Promise<boolean> {
  try {
    await get(path`/rooms/${room}/state/m.room.encryption/`);
    return true;
  } catch (error) {
    if (error instanceof HomeserverError && error.errcode === 'M_NOT_FOUND') return false;
    throw error;
  }
}

/** Encrypted rooms need a library that not every machine has. Loaded here: only they need it. */
async function unreadable(encrypted: readonly string[]): Promise<Finding[]> {
  if (encrypted.length === 0) return [];
  const { HOW_TO_INSTALL_CRYPTO, loadSdk } = await import('./sdk.ts');
  if (loadSdk().withoutCrypto === null) return [];
  return encrypted.map((room) => warning('matrix', `${room} is encrypted, so Musher cannot read it`, HOW_TO_INSTALL_CRYPTO));
}
