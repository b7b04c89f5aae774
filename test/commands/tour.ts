import { COMMANDS } from '../../commands/index.ts';
import type { Document } from '../../src/message/document.ts';
import { commandName } from '../../src/words/described.ts';
import { blockedStage, doneStage, endRun, mergeStage, moveTo, seeWork, startRun, when, type World } from './harness.ts';

/** Makes one item in each state that texts speak about. */
export function populate(world: World): void {
  for (const title of ['Waits', 'Is worked on', 'Is reviewed', 'Is merged', 'Is done', 'Is blocked', 'Depends']) world.make({ title });
  moveTo(world, 2, { name: 'current' });
  startRun(world, 2);
  moveTo(world, 3, { name: 'current' });
  seeWork(world, 3);
  endRun(world, 3, startRun(world, 3), 'finished');
  moveTo(world, 3, { name: 'qa' });
  moveTo(world, 4, { name: 'current' });
  seeWork(world, 4);
  moveTo(world, 4, mergeStage);
  moveTo(world, 5, { name: 'current' });
  seeWork(world, 5);
  moveTo(world, 5, mergeStage);
  moveTo(world, 5, doneStage);
  moveTo(world, 6, { name: 'current' });
  moveTo(world, 6, blockedStage());
}

/** False for a live reply, which only ends when its time is over. */
export function ends(text: string): boolean {
  return !text.startsWith('htop');
}

/** Every command: its examples, its help, and itself about each item. */
export function tour(): string[] {
  const numbers = [1, 2, 3, 4, 5, 6, 99];
  const examples = COMMANDS.flatMap((command) => [commandName(command), ...command.examples, `help ${commandName(command)}`]);
  const ofItems = COMMANDS.filter(({ args }) => Object.values(args)[0]?.type === 'item').flatMap((command) =>
    numbers.map((number) => `${commandName(command)} ${number}`),
  );
  return [...examples, ...ofItems, 'stats', 'frobnicate'].filter(ends);
}

/** The reply to a command, typed in a room of its own so that no other command delays it. Null for a command that waits for the engine. */
export async function answer({ receive, log }: World, text: string, index: number): Promise<Document | null> {
  const at = { transport: 'test', room: `room ${index}`, thread: null };
  const sender = { transport: 'test', id: 'admin', name: 'Ada' };
  const id = receive({ id: `tour ${index}`, at, sender, ingress: 'terminal', text });
  if (id === null) throw new Error(`not taken in: ${text}`);
  const state = (): string | undefined => log.inbox.get(id)?.state;
  await when(log, () => state() === 'done' || state() === 'committed');
  return log.outbox.open('test', at.room, 10).find(({ inbox }) => inbox === id)?.body ?? null;
}
