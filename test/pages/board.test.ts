import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { abandonedStage, makeDesk, makeWorld, moveTo, startRun, type Desk, type World } from '../commands/harness.ts';
import { pagesOf, type Pages } from './pages.ts';

let desk: Desk;
let world: World;
let pages: Pages;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());
beforeEach(() => {
  world = makeWorld(desk, {}, [], { directMessages: true });
  pages = pagesOf(world);
});
afterEach(() => world.close());

async function shown(address: string, role: 'viewer' | 'operator' = 'operator'): Promise<string> {
  const html = await pages.get(address, role);
  if (html === null) throw new Error(`no page at ${address}`);
  return html;
}

/** The items on a board, as `project#number stage`. */
function tiles(html: string): string[] {
  return Array.from(html.matchAll(/data-item="([^"]+)" data-stage="([^"]+)"/g), ([, item, stage]) => `${item} ${stage}`);
}

describe('the board', () => {
  beforeEach(async () => {
    world.make({ title: 'Pay by card' });
    world.make({ title: 'Sort by price' });
    world.make({ title: 'Search' });
    world.make({ title: 'Handbook' }, 'docs');
    moveTo(world, 2, { name: 'current' });
    startRun(world, 2, 'coder-2');
    moveTo(world, 3, abandonedStage);
    await world.say('label 1 money', { role: 'admin' });
  });

  it('has each item in its stage, of all projects or of one', async () => {
    expect(tiles(await shown('/board'))).toEqual(['shop#1 backlog', 'docs#1 backlog', 'shop#2 current', 'shop#3 archived']);
    expect(tiles(await shown('/board/docs'))).toEqual(['docs#1 backlog']);
    expect(tiles(await shown('/board?project=shop'))).toEqual(['shop#1 backlog', 'shop#2 current', 'shop#3 archived']);
    expect(await pages.get('/board/elsewhere')).toBeNull();
  });

  it('is narrowed by what is in the address', async () => {
    expect(tiles(await shown('/board?agent=coder-2'))).toEqual(['shop#2 current']);
    expect(tiles(await shown('/board?label=money'))).toEqual(['shop#1 backlog']);
    expect(tiles(await shown('/board?text=PRICE'))).toEqual(['shop#2 current']);
    expect(tiles(await shown('/board?text=%233'))).toEqual(['shop#3 archived']);
    expect(tiles(await shown('/board?person=test:admin&project=docs'))).toEqual(['docs#1 backlog']);
    expect(tiles(await shown('/board?person=nobody'))).toEqual([]);
    expect(await shown('/board?label=money')).toContain('<option value="money" selected>');
  });

  it('lets an item be moved where the command would move it, by those who may', async () => {
    const of = (html: string, item: string): string => html.slice(html.indexOf(`data-item="${item}"`)).split('>')[0] ?? '';
    const board = await shown('/board');
    expect(of(board, 'shop#1')).toContain('data-moves="current archived"');
    expect(of(board, 'shop#1')).toContain('data-prioritised');
    expect(of(board, 'shop#2')).toContain('data-moves="backlog qa merge archived"');
    expect(of(board, 'shop#3')).not.toContain('data-prioritised');
    const seen = await shown('/board', 'viewer');
    expect(tiles(seen)).toHaveLength(4);
    expect(seen).not.toContain('draggable');
    expect(seen).not.toContain('tile-menu');
    expect(seen.match(/data-moves="[^"]+"/g)).toBeNull();
    expect(await pages.get('/board', 'stranger')).toBeNull();
  });

  it('shows the first 30 of a stage, and the others on a page of their own', async () => {
    for (let n = 0; n < 40; n++) world.make({ title: `Item ${n}` });
    expect(tiles(await shown('/board/shop')).filter((one) => one.endsWith(' backlog'))).toHaveLength(30);
    expect(await shown('/board/shop')).toContain('<a href="?stage=backlog">11 more</a>');
    expect(tiles(await shown('/board/shop?stage=backlog'))).toHaveLength(41);
  });
});
