import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDesk, makeWorld, type Desk, type World } from './harness.ts';
import { TEXTS } from './texts.ts';

let desk: Desk;
let world: World;
beforeAll(async () => {
  desk = await makeDesk();
  world = makeWorld(desk);
});
afterAll(async () => {
  await world.close();
  desk.remove();
});

async function made(text: string): Promise<{ title: string; description: string; reply: string }> {
  const { ok, text: reply } = await world.say(`create bug ${text}`);
  if (!ok) throw new Error(reply);
  const { title, description } = world.item(world.log.reads.lastNumber('shop'));
  return { title, description, reply };
}

it.each(TEXTS)('a title is kept as written: %j', async (text) => {
  const { title, description, reply } = await made(text);
  expect(title).toBe(text);
  expect(description).toBe('');
  expect(reply).not.toMatch(/left out|description/);
});

it('says what of the text is not in the title', async () => {
  expect(await made('"in quotes"')).toMatchObject({
    title: 'in quotes',
    reply: expect.stringContaining('The quotes around the title are left out.') as string,
  });
  expect(await made("' OR 1=1 -- 1")).toMatchObject({
    title: "' OR 1=1",
    description: '1',
    reply: expect.stringContaining('The text after the dash is the description.') as string,
  });
});

it('keeps a description and a reason as written, line breaks included', async () => {
  const body = 'He said "no".\n\n  indented — and  two spaces\n<b>&amp;</b> \\n ${x}';
  expect((await made(`A title\n${body}`)).description).toBe(body);
});
