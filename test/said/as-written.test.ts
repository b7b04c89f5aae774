import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { makeDesk, type Desk } from '../commands/harness.ts';
import { TEXTS } from '../commands/texts.ts';
import { converse, FORMS } from './conversations.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());

it.each(FORMS)(
  'in %s a title and a comment arrive as they were written',
  async (network, forms) => {
    const { world, say, close } = await converse(desk, network);
    onTestFinished(close);
    const wrong: unknown[] = [];
    // In a terminal, a line with a backslash at its end goes on in the next.
    const texts = TEXTS.filter((text) => network !== 'console' || !text.endsWith('\\'));
    for (const [index, text] of texts.entries()) {
      const form = forms[index % forms.length] ?? '';
      const reply = await say(form, `create bug ${text}`);
      const number = world.log.reads.lastNumber('shop');
      const { title, description } = world.item(number);
      if (title !== text || description !== '') wrong.push({ form, text, title, description, reply });
      await say(form, `comment ${number} ${text}`);
      const comment = world.last(number);
      const said = comment.kind === 'item.commented' ? comment.payload.text : null;
      if (said !== text) wrong.push({ form, text, said });
    }
    expect(wrong).toEqual([]);
  },
  120_000,
);
