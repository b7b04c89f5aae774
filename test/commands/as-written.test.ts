import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDesk, makeWorld, type Desk, type World } from './harness.ts';

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

/** Families of texts that programs like to trip over. */
it.each([
  'undefined',
  'NULL',
  'null',
  'NaN',
  '(null)',
  'true',
  'constructor',
  '__proto__',
  '\\',
  '\\\\',
  '0',
  '-1',
  '1e1000',
  '0x10',
  '1,000.00',
  '٠١٢',
  '$HOME',
  '`touch /tmp/x`',
  '$(touch /tmp/x)',
  '%s %d %n',
  '%00',
  '{{7*7}}',
  '${7*7}',
  '../../etc/passwd',
  'a; rm -rf /',
  'a && b || c',
  "'; DROP TABLE items; --x",
  "1' OR '1'='1",
  '"a" and "b"',
  "it's",
  '“curly” and ‘single’',
  'a -b --c ---d',
  '--purge it',
  'a – b'.replace(' – ', '–'),
  '<script>alert(1)</script>',
  '&lt;b&gt; &amp;',
  '<@U1> <!channel> @everyone @room',
  '*bold* _it_ ~x~ `y` [a](http://b)',
  '|a|b|',
  '# not a heading',
  'Ω≈ç√∫˜µ≤≥÷',
  '田中さんにあげて',
  'الكل في المجمو',
  'מבחן rtl',
  'ʇsǝʇ',
  'ｆｕｌｌ',
  'e\u0301 and é',
  '👩‍👩‍👧‍👦 🇩🇪 👍🏽',
  'Z\u0351\u036b\u0343a\u0337lgo',
  '\u200bzero\u200b',
  'a\u202eb',
  'no-break\u00a0space',
  'wide\u3000space',
  'tab\tin it',
  'two  spaces',
  'please?!',
  'thanks.',
  'Why? Because!',
  '3 tests fail',
  '#3',
])('a title is kept as written: %j', async (text) => {
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
