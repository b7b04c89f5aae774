import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { COMMANDS } from '../../commands/index.ts';
import { notices } from '../../scripts/corpus/notices.ts';
import { commandTable } from '../../src/bot/command-table.ts';
import type { Block, Document, Inline } from '../../src/message/document.ts';
import { usage } from '../../src/words/help-text.ts';
import { makeDesk, makeWorld, type Desk, type World } from '../commands/harness.ts';
import { answer, ends, populate, tour } from '../commands/tour.ts';
import { PLACES, shownAt, understood } from './typed-places.ts';

/** Commands that a text holds as values: within lines, and what is typed in place of a button. */
function commandsIn(document: Document): string[] {
  return [...literalsIn(document, 'command'), ...document.blocks.flatMap((block) => (block.kind === 'actions' ? typedIn(block) : []))];
}

function typedIn({ actions }: Extract<Block, { kind: 'actions' }>): string[] {
  return actions.flatMap(({ command, typed = command }) => [command, typed]);
}

/** The texts of one kind within the lines of a document. */
function literalsIn(document: Document, kind: 'command' | 'code'): string[] {
  const inlines = (all: readonly Inline[]): string[] => all.flatMap((one) => (one.kind === kind ? [one.text] : []));
  const ofBlock = (block: Block): string[] => {
    switch (block.kind) {
      case 'paragraph':
      case 'heading':
        return inlines(block.content);
      case 'list':
        return block.items.flatMap(inlines);
      case 'table':
        return block.rows.flat().flatMap(inlines);
      case 'fields':
        return block.fields.flatMap(({ value }) => inlines(value));
      default:
        return [];
    }
  };
  return document.blocks.flatMap(ofBlock);
}

let desk: Desk;
let world: World;
/** Every command that a reply on the tour or a notice shows. */
let commands: string[];
/** Every other literal text. */
const literal = new Set<string>();

beforeAll(async () => {
  desk = await makeDesk();
  const found = new Set(notices().flatMap(({ body }) => commandsIn(body)));
  for (const { body } of notices()) for (const shown of literalsIn(body, 'code')) literal.add(shown);
  const visit = async (one: World): Promise<void> => {
    for (const [index, text] of tour().entries()) {
      const body = await answer(one, text, index);
      for (const shown of body === null ? [] : commandsIn(body)) found.add(shown);
      for (const shown of body === null ? [] : literalsIn(body, 'code')) literal.add(shown);
    }
  };
  const empty = makeWorld(desk);
  await visit(empty);
  await empty.close();
  world = makeWorld(desk);
  populate(world);
  await visit(world);
  commands = [...found].toSorted();
}, 120_000);
afterAll(async () => {
  await world.close();
  desk.remove();
});

/** What is no command to type: what a timer is given to do later, and how a command is written in general. */
const NOT_TYPED = new Set([
  'move qa',
  // A condition of a routine.
  'backlog empty',
  ...COMMANDS.flatMap((command) => [usage(command), ...[command.words, ...(command.aliases ?? [])].map((words) => words.join(' '))]),
]);

it('no text shows a command as mere letters, which no network could write as it is typed there', () => {
  const { byName } = commandTable(COMMANDS);
  const isCommand = (text: string): boolean => byName.has(text.split(' ', 1)[0] ?? '') || byName.has(text.split(' ', 2).join(' '));
  // With arguments it is the shell's git.
  expect([...literal].filter((text) => isCommand(text) && !NOT_TYPED.has(text) && !text.startsWith('git '))).toEqual([]);
});

it('every command that a text shows is one that Musher knows', async () => {
  expect(commands.length).toBeGreaterThan(5);
  const unknown: string[] = [];
  for (const [index, text] of commands.filter(ends).entries()) {
    await answer(world, text, 10_000 + index);
    const handled = world.log.reads.events(0, 100_000).findLast(({ kind }) => kind === 'command.handled');
    if (handled?.kind === 'command.handled' && handled.payload.words === '') unknown.push(text);
  }
  expect(unknown).toEqual([]);
}, 60_000);

it.each(PLACES)(
  'in %s every command is understood when it is typed as it is shown',
  async (_, open) => {
    const place = await open();
    onTestFinished(async () => void (await place.close()));
    const shown = await shownAt(place, commands);
    const taken: (string | null)[] = [];
    for (const text of shown) taken.push(await understood(place, text));
    expect(taken).toEqual(commands);
  },
  60_000,
);
