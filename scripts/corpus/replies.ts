import { COMMANDS } from '../../commands/index.ts';
import type { AccessRole } from '../../src/config/choices.ts';
import type { Document } from '../../src/message/document.ts';
import { plainText } from '../../src/message/plain.ts';
import { commandName } from '../../src/words/described.ts';
import { makeDesk, makeWorld, type World } from '../../test/commands/harness.ts';
import { answer, populate, tour } from '../../test/commands/tour.ts';
import type { Sent } from './notices.ts';
import type { Said } from './said.ts';

/** Lines that get an error: words that can't be read, questions that are answered wrongly, people without the role. */
const WRONG: readonly (readonly [text: string, role?: AccessRole])[] = [
  ['status?'],
  ['statsu'],
  ['start'],
  ['start one'],
  ['start 99'],
  ['start nowhere#1'],
  ['start 1 --fast'],
  ['start 1 2'],
  ['create "story'],
  ['create story'],
  ['create story -- no title'],
  [`create story ${'x'.repeat(201)}`],
  ['depends 1 on 1'],
  ['depends 1 on 2 99'],
  ['edit 1 type epic'],
  ['edit 1 qa nobody'],
  ['check 1 7'],
  ['assign 1 nobody'],
  ['budget 1 +5'],
  ['budget 1 -5usd'],
  ['budget 1 +0usd'],
  ['budget +5usd'],
  ['budget nobody +5usd'],
  ['approve 3 1a2b'],
  ['allow 7'],
  ['allow r7'],
  ['answer r7 Blue'],
  ['timer 1 25:00 start'],
  ['timer 1 2020-01-01 10:00 start'],
  ['timer 1 2999-01-01 10:00 start'],
  ['timer 1 23:00 status'],
  ['timer 1 23:00 delete'],
  ['timer cancel 9'],
  ['every weekday 9:00 if blocked digest'],
  ['every never digest'],
  ['every day 9:00 delete 1'],
  ['every day 9:00 htop'],
  ['routine cancel 9'],
  ['subscribe nothing'],
  ['subscribe only'],
  ['project nowhere'],
  ['snapshots 1 9'],
  ['logs 2 10 9'],
  ['yes'],
  ['delete 1', 'operator'],
  ['restart', 'operator'],
  ['start 1', 'viewer'],
  ['yes'],
  ['delete 1'],
  ['no'],
];

/** Replies of every command, over an empty board and over one with an item in each state, and of lines that get an error. */
export async function repliesSent(): Promise<Sent[]> {
  const desk = await makeDesk();
  const found = new Map<string, Sent>();
  // The same reply to two examples of a command is printed once.
  const keep = (text: string, body: Document): void => {
    found.set(`${text.split(' ', 1)[0] ?? ''} ${wide(body)}`, { of: `reply to ${text.slice(0, 60)}`, body });
  };
  const visit = async (world: World): Promise<void> => {
    for (const [index, text] of tour().entries()) {
      const body = await answer(world, text, index);
      if (body !== null) keep(text, body);
    }
    for (const [text, role = 'admin'] of WRONG) keep(text, (await world.say(text, { role })).body);
  };
  try {
    const empty = makeWorld(desk);
    await visit(empty);
    await empty.close();
    const full = makeWorld(desk);
    populate(full);
    await visit(full);
    await full.close();
  } finally {
    desk.remove();
  }
  return [...found.values()];
}

/** The same as text. */
export async function replies(): Promise<Said[]> {
  return (await repliesSent()).map(({ of, body }) => ({ of, text: wide(body) }));
}

function wide(body: Document): string {
  return plainText(body, { width: 1_000 }).trim();
}

/** The command that a line of the corpus was typed for; null for a line with an error. */
export function commandOf({ of }: Said): string | null {
  const typed = /^reply to (.*)$/s.exec(of)?.[1];
  if (typed === undefined) return null;
  const names = COMMANDS.map(commandName).toSorted((one, other) => other.length - one.length);
  return names.find((name) => typed === name || typed.startsWith(`${name} `)) ?? null;
}
