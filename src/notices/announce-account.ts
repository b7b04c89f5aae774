import { code, line, phrase } from '../message/build.ts';
import type { Document } from '../message/document.ts';
import type { OtherEvents } from '../pipeline/events.ts';
import { dayAndTime } from '../words/time.ts';

/** The notice about a rate limit or missing login: once per account, not per run. Null: nothing new. */
export function accountAnnouncement(limit: OtherEvents['account.limited'], timezone: string): Document | null {
  if (!limit.news) return null;
  const { account, until, others, earliest, signIn } = limit;
  if (signIn !== undefined) return signedOut(account, signIn, others[0] ?? null);
  const what = phrase`… Account ${account} is rate-limited until ${dayAndTime(until, timezone)}.`;
  if (others.length > 0) return line(...phrase`${what} Agents continue with account ${others[0] ?? ''}.`);
  const all =
    earliest === null
      ? ''
      : phrase` All other accounts of these agents are rate-limited too; the first one resets at ${dayAndTime(earliest, timezone)}.`;
  return line(...phrase`${what}${all} Items that wait for it continue on their own.`);
}

/** Someone with access to the machine has to act; Musher sees by itself when they have. */
function signedOut(account: string, signIn: string, next: string | null): Document {
  const how = signIn === '' ? ['Sign in on the machine that runs Musher'] : ['On the machine that runs Musher, run ', code(signIn)];
  const others = next === null ? '' : ` Agents continue with account ${next}.`;
  return line(`! Account ${account} is signed out.${others} `, ...how, '. Musher checks again within 10 minutes.');
}
