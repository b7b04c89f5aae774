import type { APIMessage, RawFile, REST } from 'discord.js';
import type { Clock } from '../../../src/clock.ts';
import type { ReplyHandle } from '../address.ts';
import { EPHEMERAL, filesOf, inert, withFiles } from './posts.ts';
import { CHOSEN } from '../limits.ts';
import type { StateStore } from '../options.ts';
import { queues } from './queue.ts';
import type { Rendered } from '../render/render.ts';
import { apiCode, sendFailure, statusOf, type Library } from '../rest.ts';

/** Discord's numbers of callbacks. */
const MESSAGE = 4;
const DEFERRED = 5;
const CHOICES = 8;
const MODAL = 9;
/** Discord's error numbers: the interaction has expired; it was answered already; no such answer. */
const UNKNOWN_INTERACTION = 10062;
const ALREADY_ANSWERED = 40060;
const UNKNOWN_WEBHOOK = 10015;
const UNKNOWN_MESSAGE = 10008;
const ORIGINAL = '@original';
/** What was answered is remembered beyond its token: after a crash the outbox may ask for it again. */
const KEPT_MS = 24 * 60 * 60_000;
const MOST_KEPT = 200;

/** How far the first answer of an interaction has come; `by`: the sending that it belongs to. */
interface Answering {
  readonly expiresAt: number;
  readonly phase: 'deferred' | 'answering' | 'answered';
  /** It was deferred for the asker alone: Discord shows its completion to nobody else. */
  readonly alone?: true;
  readonly by: string | null;
  /** The first answer, once there is one. */
  readonly id?: string;
  /** Further answers by their nonce: their id, or null while it is not known whether they were taken. */
  readonly more?: Readonly<Record<string, string | null>>;
}

/** What became of an answer. */
type Given = { readonly id: string } | 'gone' | 'doubtful';

/** Answers to interactions: the first within 3 s, all of them until the token ends. */
export interface Replies {
  /** Nothing was said yet: says after 2.5 s that an answer is coming, unless there is one. */
  expect(handle: ReplyHandle): void;
  /** Answers at once and privately, with a text that is not a command's reply. */
  refuse(handle: ReplyHandle, message: Rendered): Promise<void>;
  /** The first answer under a key. `gone`: this interaction has another one, or takes none any more; `doubtful`: that too, but an earlier try may have gone through. */
  first(handle: ReplyHandle, message: Rendered, by: string): Promise<Given>;
  /**
   * Whether only the asker was shown that an answer comes, so that one for everybody can't take its place. Nothing more is
   * deferred after this.
   */
  isAlone(handle: ReplyHandle): Promise<boolean>;
  /** Takes away what the asker was shown, because the answer stands elsewhere. */
  withdraw(handle: ReplyHandle): Promise<void>;
  /** A further answer that only the asker sees. `gone`: the interaction takes none any more; `doubtful`: an earlier try may have gone through, so nothing was done. */
  further(handle: ReplyHandle, message: Rendered, nonce: string): Promise<Given>;
  /** A further answer that is made although an earlier try may have gone through, which its words have to say. */
  repeated(handle: ReplyHandle, message: Rendered, nonce: string): Promise<Exclude<Given, 'doubtful'>>;
  /** Puts a text as a file under the first answer: may be repeated, unlike a further answer. */
  attach(handle: ReplyHandle, message: Rendered, text: string): Promise<boolean>;
  /** False: the interaction takes nothing any more. */
  edit(handle: ReplyHandle, id: string, message: Rendered): Promise<boolean>;
  choices(id: string, token: string, choices: readonly object[]): Promise<void>;
  /** Shows a form in answer to a press. Throws where it is too late. */
  ask(id: string, token: string, form: object): Promise<void>;
  /** Deferrals that are still to come are made at once. */
  stop(): Promise<void>;
}

export interface RepliesParts {
  readonly library: Library;
  readonly rest: REST;
  readonly clock: Clock;
  readonly state: StateStore;
  readonly applicationId: string;
  readonly report: (error: unknown) => void;
}

/**
 * The first answer is made by a callback or, once that is made, by editing it: an edit may be repeated, so an unknown
 * outcome is settled by it. How far it has come is on disk before each call, so that a restart continues with it.
 */
export function repliesOf({ library, rest, clock, state, applicationId, report }: RepliesParts): Replies {
  const { Routes } = library;
  const turns = queues();
  const deferrals = new Map<string, { readonly handle: ReplyHandle; readonly cancel: () => void }>();

  const all = (): Map<string, Answering> => {
    const text = state.get('interactions');
    const kept = text === null || text === '' ? [] : (JSON.parse(text) as [string, Answering][]);
    return new Map(kept.filter(([, { expiresAt }]) => expiresAt > clock.now() - KEPT_MS).slice(-MOST_KEPT));
  };
  const note = (handle: ReplyHandle, now: Omit<Answering, 'expiresAt'>): void => {
    const others = all();
    others.delete(handle.id);
    state.set('interactions', JSON.stringify([...others.set(handle.id, { expiresAt: handle.expiresAt, ...now })]));
  };
  const forget = (handle: ReplyHandle): void => {
    const left = all();
    left.delete(handle.id);
    state.set('interactions', JSON.stringify([...left]));
  };
  const cancelDeferral = (handle: ReplyHandle): void => {
    deferrals.get(handle.id)?.cancel();
    deferrals.delete(handle.id);
  };
  const callback = (handle: ReplyHandle, type: number, data: object, files: RawFile[] = []): Promise<unknown> =>
    rest.post(Routes.interactionCallback(handle.id, handle.token), {
      body: { type, data },
      files,
      query: new URLSearchParams({ with_response: 'true' }),
      auth: false,
    });
  const defer = (handle: ReplyHandle): Promise<void> =>
    turns.run(handle.id, async () => {
      if (all().has(handle.id)) return;
      note(handle, { phase: 'deferred', by: null, ...(handle.ephemeral ? { alone: true } : {}) });
      try {
        await callback(handle, DEFERRED, { flags: handle.ephemeral ? EPHEMERAL : 0 });
      } catch (error) {
        // Too late, or unknown: the answer finds out.
        if (apiCode(error) !== UNKNOWN_INTERACTION) report(error);
      }
    });
  /** Null: there is no answer to edit. */
  const editOriginal = async (handle: ReplyHandle, id: string, message: Rendered, files: RawFile[] = []): Promise<string | null> => {
    try {
      return await withFiles(message, async (now) => {
        const sentFiles = files.length === 0 ? filesOf(now) : files;
        const body = files.length === 0 ? inert(now) : inert({ ...now, files: [] });
        const sent = await rest.patch(Routes.webhookMessage(applicationId, handle.token, id), { body, files: sentFiles, auth: false });
        return (sent as APIMessage).id;
      });
    } catch (error) {
      if (isGone(error)) return null;
      throw sendFailure(error);
    }
  };
  const answerNow = async (handle: ReplyHandle, message: Rendered): Promise<string | null> => {
    try {
      const flags = handle.ephemeral ? EPHEMERAL : 0;
      const answer = (await withFiles(message, (now) => callback(handle, MESSAGE, inert(now, flags), filesOf(now)))) as
        | { resource?: { message?: APIMessage } }
        | undefined;
      return answer?.resource?.message?.id ?? ORIGINAL;
    } catch (error) {
      if (apiCode(error) === UNKNOWN_INTERACTION) return null;
      if (apiCode(error) === ALREADY_ANSWERED) return editOriginal(handle, ORIGINAL, message);
      throw sendFailure(error);
    }
  };
  /** `doubted`: an earlier try may have gone through, and the doubt stays until this one has. */
  const post = async (handle: ReplyHandle, message: Rendered, nonce: string, doubted: boolean): Promise<{ id: string } | 'gone'> => {
    const before = all().get(handle.id);
    if (handle.expiresAt <= clock.now() || before === undefined) return 'gone';
    const keep = (id: string | null | undefined): void => {
      const more = { ...before.more };
      if (id === undefined) delete more[nonce];
      else more[nonce] = id;
      note(handle, { ...before, more });
    };
    keep(null);
    try {
      const query = new URLSearchParams({ wait: 'true' });
      const { id } = await withFiles(message, async (now) => {
        const body = inert(now, handle.ephemeral ? EPHEMERAL : 0);
        return (await rest.post(Routes.webhook(applicationId, handle.token), {
          body,
          query,
          files: filesOf(now),
          auth: false,
        })) as APIMessage;
      });
      keep(id);
      return { id };
    } catch (error) {
      const failure = sendFailure(error);
      // Discord did not accept it: a crash before it is posted elsewhere must not leave it in doubt.
      if (!doubted && (isGone(error) || failure.outcome !== 'unknown')) keep(undefined);
      if (isGone(error)) return 'gone';
      throw failure;
    }
  };
  // Discord has no nonce here, and no way to read such answers back without their id.
  const followUp = async (handle: ReplyHandle, message: Rendered, nonce: string): Promise<Given> => {
    const earlier = all().get(handle.id)?.more?.[nonce];
    if (earlier === undefined) return post(handle, message, nonce, false);
    return earlier === null ? 'doubtful' : { id: earlier };
  };

  return {
    expect(handle) {
      if (all().has(handle.id) || deferrals.has(handle.id)) return;
      const cancel = clock.at(handle.expiresAt - CHOSEN.tokenMs + CHOSEN.deferMs, () => {
        deferrals.delete(handle.id);
        defer(handle).catch(report);
      });
      deferrals.set(handle.id, { handle, cancel });
    },

    refuse(handle, message) {
      cancelDeferral(handle);
      return turns.run(handle.id, async () => {
        note(handle, { phase: 'answered', by: null });
        await answerNow({ ...handle, ephemeral: true }, message);
      });
    },

    first(handle, message, by) {
      cancelDeferral(handle);
      return turns.run(handle.id, async () => {
        const before = all().get(handle.id);
        if (before?.by === by && before.id !== undefined) return { id: before.id };
        if (handle.expiresAt <= clock.now()) return before?.phase === 'answering' && before.by === by ? 'doubtful' : 'gone';
        if (before !== undefined && before.phase !== 'deferred' && before.by !== by) return 'gone';
        note(handle, { phase: 'answering', by });
        try {
          const edited = before === undefined ? null : await editOriginal(handle, ORIGINAL, message);
          const id = edited ?? (await answerNow(handle, message));
          note(handle, id === null ? { phase: 'answered', by: null } : { phase: 'answered', by, id });
          return id === null ? 'gone' : { id };
        } catch (error) {
          const failure = sendFailure(error);
          if (failure.outcome !== 'unknown') {
            if (before === undefined) forget(handle);
            else note(handle, before);
          }
          throw failure;
        }
      });
    },

    isAlone(handle) {
      cancelDeferral(handle);
      return turns.run(handle.id, () => Promise.resolve(all().get(handle.id)?.alone === true));
    },

    withdraw(handle) {
      return turns.run(handle.id, async () => {
        note(handle, { phase: 'answered', by: null, alone: true });
        if (handle.expiresAt <= clock.now()) return;
        try {
          await rest.delete(Routes.webhookMessage(applicationId, handle.token, ORIGINAL), { auth: false });
        } catch (error) {
          // It goes by itself when its time is over, and the answer is there.
          if (!isGone(error)) report(error);
        }
      });
    },

    further: (handle, message, nonce) => turns.run(handle.id, () => followUp(handle, message, nonce)),

    repeated: (handle, message, nonce) => turns.run(handle.id, () => post(handle, message, nonce, true)),

    attach(handle, message, text) {
      const files = [{ name: 'answer.txt', data: text, contentType: 'text/plain; charset=utf-8' }];
      return turns.run(
        handle.id,
        async () => handle.expiresAt > clock.now() && (await editOriginal(handle, ORIGINAL, message, files)) !== null,
      );
    },

    edit(handle, id, message) {
      return turns.run(handle.id, async () => handle.expiresAt > clock.now() && (await editOriginal(handle, id, message)) !== null);
    },

    async choices(id, token, choices) {
      await rest.post(Routes.interactionCallback(id, token), { body: { type: CHOICES, data: { choices } }, auth: false });
    },

    async ask(id, token, form) {
      await rest.post(Routes.interactionCallback(id, token), { body: { type: MODAL, data: form }, auth: false });
    },

    async stop() {
      // Their answers come after a restart, and need a message to edit.
      for (const { handle, cancel } of deferrals.values()) {
        cancel();
        defer(handle).catch(report);
      }
      deferrals.clear();
      await turns.idle();
    },
  };
}

/** The interaction, its token or the answer is no more. */
function isGone(error: unknown): boolean {
  return [UNKNOWN_WEBHOOK, UNKNOWN_MESSAGE, UNKNOWN_INTERACTION].includes(apiCode(error) ?? 0) || statusOf(error) === 401;
}
