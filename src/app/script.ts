import { randomUUID } from 'node:crypto';
import process from 'node:process';
import { LOCAL } from '../../transports/index.ts';
import type { runBatch } from './batch.ts';
import type { Router } from '../bot/loop/router.ts';
import type { AwaitedReplies } from './lifecycle/awaited-replies.ts';
import { waitUntilSent } from './lifecycle/wait-until-sent.ts';
import { localName } from './lifecycle/local-name.ts';
import { isTransient } from '../log/database.ts';
import { decide, projectFacts } from '../decide/facts.ts';
import type { Follower } from '../log/follow.ts';
import type { Log } from '../log/log.ts';
import type { IncomingMessage } from '../message/address.ts';
import type { Streams } from './streams.ts';
import { projectOf, type BotParts } from '../bot/bot-parts.ts';

/** Whoever started Musher in a terminal. */
export function localOwner(): IncomingMessage['sender'] {
  return { transport: LOCAL.name, id: LOCAL.owner, name: localName(process.env) };
}

/** What running a script needs of the router and the log. */
export function batchParts(
  options: Streams,
  bot: BotParts,
  router: Router,
  awaitedReplies: AwaitedReplies,
  log: Log,
  notify: Follower,
  signal: AbortSignal,
): Parameters<typeof runBatch>[0] {
  const { clock } = bot;
  const sender = localOwner();
  return {
    input: options.stdin,
    complain: (text) => options.stderr.write(`${text}\n`),
    say: (text) => {
      try {
        const id = router.receive({ id: randomUUID(), at: LOCAL.address, sender, ingress: 'terminal', text });
        if (id === null) throw new Error('a message of the script was not taken');
        return awaitedReplies.wait(id);
      } catch (error) {
        // A disk that is full, say: nothing was done, and the rest of the script finds out for itself.
        if (isTransient(error)) return Promise.resolve({ ok: false, code: `not-stored: ${(error as Error).message}` });
        throw error;
      }
    },
    find: (word) => {
      const [, project, number] = /^(?:(.+)#|#)?(\d{1,15})$/.exec(word) ?? [];
      const current = projectOf(bot, LOCAL.name, LOCAL.address.room).name;
      return number === undefined ? null : log.reads.item(project ?? current, Number(number));
    },
    // Also one that has just come due, whose command is not done yet.
    hasTimer: (item) => log.reads.timers.ofItem(item.project, item.number).length > 0 || log.inbox.open(0, 1).length > 0,
    step: (item) => {
      const project = bot.projects.find(({ name }) => name === item.project) ?? bot.projects[0];
      return decide(log.reads, item, projectFacts(log.reads, project.settings, clock.now()));
    },
    reader: (item) => ({ current: item.project, now: clock.now(), timezone: bot.timezone, nameOf: bot.nameOf }),
    when: log.when.bind(log),
    flush: () => waitUntilSent(log, notify, true),
    signal,
  };
}
