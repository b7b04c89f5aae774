import { createHash } from 'node:crypto';
import { crashPoint } from '../../../src/crash-point.ts';
import type { APIMessage, RawFile, REST } from 'discord.js';
import type { Clock } from '../../../src/clock.ts';
import type { SendKey } from '../../transport.ts';
import { CHOSEN, LIMITS } from '../limits.ts';
import type { StateStore } from '../options.ts';
import type { Rendered } from '../render/render.ts';
import { sendFailure, statusOf, type Library } from '../rest.ts';

/** Message flags by Discord's numbers. */
export const SUPPRESS_EMBEDS = 4;
export const EPHEMERAL = 64;

/** How far the clocks here and at Discord may differ when a message is looked for by its time. */
const SKEW_MS = 60_000;
/** Attempts older than this are forgotten, as are all but this many per channel. */
const FORGOTTEN_MS = 24 * 60 * 60_000;
const MOST_TRIES = 40;

/** When a message was first tried, and what it became, once that is known. */
interface Try {
  readonly at: number;
  readonly id?: string;
}

export interface PostsParts {
  readonly library: Library;
  readonly rest: REST;
  readonly clock: Clock;
  readonly state: StateStore;
  readonly botId: string;
}

/** Messages in channels. */
export interface Posts {
  /** Posts once under a nonce and gives the message's id; throws SendFailure. */
  post(channel: string, message: Rendered, nonce: string): Promise<string>;
  edit(channel: string, id: string, message: Rendered): Promise<void>;
  remove(channel: string, id: string): Promise<void>;
  /** One of the bot's own messages came by on the gateway: that settles whether it was sent. */
  noticed(nonce: string | number | undefined, id: string): void;
}

/** Names one part of a sending for Discord: the same key and part give the same nonce. */
export function nonceOf(key: SendKey, part: number): string {
  return createHash('sha256').update(`${key}\0${part}`).digest('base64url').slice(0, LIMITS.nonce);
}

/** Part of each message and edit: notify nobody, unfurl nothing. */
export function inert({ content, components, files }: Rendered, flags = 0): object {
  const attachments = files.map(({ name, description }, id) => ({ id, filename: name, description }));
  return {
    content,
    components,
    allowed_mentions: { parse: [] },
    flags: SUPPRESS_EMBEDS | flags,
    // Left out of an edit, the files that are there stay.
    ...(files.length === 0 ? {} : { attachments }),
  };
}

/** The files of a message, as the library sends them. */
export function filesOf({ files }: Rendered): RawFile[] {
  return files.map(({ name, data }) => ({ name, data, contentType: 'image/png' }));
}

/** What Discord answers to files that it does not take here: malformed, not allowed, too large. */
const NO_FILES: ReadonlySet<number | null> = new Set([400, 403, 413]);

/** Sends a message, and without its files where it is refused with them: a refusal has shown nothing. */
export async function withFiles<T>(message: Rendered, send: (message: Rendered) => Promise<T>): Promise<T> {
  if (message.files.length === 0) return send(message);
  try {
    return await send(message);
  } catch (error) {
    if (!NO_FILES.has(statusOf(error))) throw error;
    return send({ ...message, files: [] });
  }
}

/**
 * Each try is on disk before it is made, under its nonce, with its time, and afterwards with what it became. One that may
 * have gone through is settled before it is made again: within the nonce's window Discord does it, later the channel is
 * read back.
 */
export function postsOf({ library, rest, clock, state, botId }: PostsParts): Posts {
  const { Routes } = library;
  const noticed = new Map<string, string>();

  const tries = (channel: string): Map<string, Try> => {
    const text = state.get(`sending:${channel}`);
    const all = text === null || text === '' ? [] : (JSON.parse(text) as [string, Try][]);
    return new Map(all.filter(([, { at }]) => at > clock.now() - FORGOTTEN_MS).slice(-MOST_TRIES));
  };
  const change = (channel: string, by: (all: Map<string, Try>) => void): void => {
    const all = tries(channel);
    by(all);
    state.set(`sending:${channel}`, JSON.stringify([...all]));
  };
  /** The bot's message that this try became, as the channel shows it now. */
  const readBack = async (channel: string, { content }: Rendered, nonce: string, triedAt: number): Promise<string | null> => {
    let before: string | undefined;
    for (;;) {
      const query = new URLSearchParams({ limit: String(LIMITS.page), ...(before === undefined ? {} : { before }) });
      const page = (await rest.get(Routes.channelMessages(channel), { query })) as APIMessage[];
      for (const one of page) {
        if (one.author.id !== botId) continue;
        if (one.nonce === nonce) return one.id;
        // The history may leave the nonce out: the same text by the bot, since the try, is that message.
        if (one.nonce === undefined && one.content === content.trim() && Date.parse(one.timestamp) >= triedAt - SKEW_MS) return one.id;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < LIMITS.page || Date.parse(last.timestamp) < triedAt - SKEW_MS) return null;
      before = last.id;
    }
  };

  return {
    async post(channel, message, nonce) {
      const before = tries(channel).get(nonce);
      if (before?.id !== undefined) return before.id;
      const at = before?.at ?? clock.now();
      const settle = (id: string): string => {
        change(channel, (all) => all.set(nonce, { at, id }));
        return id;
      };
      const seen = noticed.get(nonce);
      if (seen !== undefined) return settle(seen);
      try {
        if (before === undefined) change(channel, (all) => all.set(nonce, { at }));
        else if (clock.now() - at > CHOSEN.nonceMs) {
          const found = await readBack(channel, message, nonce, at);
          if (found !== null) return settle(found);
        }
        const { id } = await withFiles(message, async (sent) => {
          const body = { ...inert(sent), nonce, enforce_nonce: true };
          return (await rest.post(Routes.channelMessages(channel), { body, files: filesOf(sent) })) as APIMessage;
        });
        crashPoint('network/discord/after-post');
        return settle(id);
      } catch (error) {
        const failure = sendFailure(error);
        if (before === undefined && failure.outcome !== 'unknown') change(channel, (all) => all.delete(nonce));
        throw failure;
      }
    },

    async edit(channel, id, message) {
      try {
        await rest.patch(Routes.channelMessage(channel, id), { body: inert(message) });
      } catch (error) {
        throw sendFailure(error);
      }
    },

    async remove(channel, id) {
      try {
        await rest.delete(Routes.channelMessage(channel, id));
      } catch (error) {
        throw sendFailure(error);
      }
    },

    noticed(nonce, id) {
      if (nonce === undefined) return;
      noticed.set(String(nonce), id);
      const oldest = noticed.size > 1_000 ? noticed.keys().next().value : undefined;
      if (oldest !== undefined) noticed.delete(oldest);
    },
  };
}
