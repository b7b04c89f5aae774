import { encode } from 'uqr';
import { code, command as typed, doc, heading, line, link, list, paragraph, phrase, type Content } from '../../message/build.ts';
import type { Block, Document } from '../../message/document.ts';
import { pictureBlock } from '../pictures/block.ts';
import type { Reader } from '../reader.ts';
import { refused } from '../replies.ts';
import type { Reply } from '../reply.ts';
import { duration } from '../time.ts';

/** A link to the page, for its person alone. */
export function linkWords(url: string): Document {
  return doc(
    paragraph(link(url)),
    paragraph('This link opens the page with your rights here. It works once, for 10 minutes: keep it to yourself.'),
  );
}

/** The same link for the camera of a phone. */
export function linkPicture(url: string): Block {
  // The quiet zone is drawn by the picture.
  const { data } = encode(url, { ecc: 'M', border: 0 });
  return pictureBlock({
    of: 'code',
    title: 'The live page, opened with your phone',
    rows: data.map((row) => row.map((one) => (one ? '1' : '0')).join('')),
  });
}

export const linkSent = (): Document => line('I sent you a link to the page in our private conversation.');

/** Why there is no link: nobody else may read it. */
export function linkNeedsPrivacy(): Reply {
  return refused(
    'not-private',
    'The link is for you alone, and everybody reads along here. Type ',
    typed('web'),
    ' in a private conversation with me.',
  );
}

export function pageNotServed(isConfigured: boolean): Reply {
  return isConfigured
    ? refused('page-off', 'The page is not available right now. ', typed('health'), ' shows why.')
    : refused('page-off', 'There is no page: an admin adds a section ', code('[web]'), ' to bot.toml and types ', typed('restart'), '.');
}

export const linkNeedsPerson = (): Reply =>
  refused('not-by-timer', 'A timer can’t ask for a link: somebody has to read it within 10 minutes.');

/** A session as it is listed. */
export interface ShownSession {
  readonly session: { readonly number: number; readonly browser: string; readonly createdAt: number; readonly seenAt: number };
  readonly name: string;
  readonly isThis: boolean;
}

export function sessionList(sessions: readonly ShownSession[], reader: Reader): Document {
  if (sessions.length === 0) return line('Nobody has the page open. ', typed('web'), ' gives a link to it.');
  const one = ({ session: { number, browser, createdAt, seenAt }, name, isThis }: ShownSession): Content[] =>
    phrase`${number} ${name}, ${browserName(browser)}: opened ${duration(reader.now - createdAt)} ago, last used ${duration(reader.now - seenAt)} ago${isThis ? ' (this one)' : ''}`;
  return doc(
    heading('Sessions on the page'),
    list(sessions.map(one)),
    paragraph(typed(`web revoke ${sessions[0]?.session.number ?? 1}`), ' ends one, ', typed('web revoke all'), ' ends all of yours.'),
  );
}

export function sessionsEnded(count: number): Content[] {
  return [count === 1 ? 'The session has ended.' : `${count} sessions have ended.`];
}

export const noSession = (): Reply => refused('no-session', 'There is no such session. ', typed('web sessions'), ' lists them.');

/** What a browser is, as far as it says in words that people know. */
function browserName(agent: string): string {
  const browser = [
    ['Firefox', /Firefox\//],
    ['Edge', /Edg\//],
    ['Chrome', /Chrom(?:e|ium)\//],
    ['Safari', /Safari\//],
  ] as const;
  const system = [
    ['Android', /Android/],
    ['iPhone', /iPhone/],
    ['iPad', /iPad/],
    ['Windows', /Windows/],
    ['macOS', /Mac OS X/],
    ['Linux', /Linux/],
  ] as const;
  const name = browser.find(([, is]) => is.test(agent))?.[0];
  const on = system.find(([, is]) => is.test(agent))?.[0];
  return name === undefined ? 'a browser' : on === undefined ? name : `${name} on ${on}`;
}
