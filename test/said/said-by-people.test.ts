import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { makeDesk, type Desk } from '../commands/harness.ts';
import { populate } from '../commands/tour.ts';
import { converse, FORMS, type Conversation } from './conversations.ts';
import { HARMLESS, ORDERS } from './sentences.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await makeDesk();
});
afterAll(() => desk.remove());

async function begin(network: string, form: string): Promise<Conversation> {
  const talk = await converse(desk, network);
  onTestFinished(() => talk.close());
  populate(talk.world);
  talk.world.written.set('2/1', ['at work']);
  // There is something to reply to.
  await talk.say(form, 'ping');
  return talk;
}

it.each(FORMS)(
  'in %s whoever has read nothing is answered sensibly, and nothing changes by a guess',
  async (network, [first = '', ...others]) => {
    const { world, say, typed } = await begin(network, first);
    const state = (): unknown => [[1, 2, 3, 4, 5, 6, 7].map((n) => world.kinds(n).length), world.log.reads.lastNumber('shop')];
    const before = state();
    const wrong: string[] = [];
    for (const [index, [sentence, says, shows = []]] of HARMLESS.entries()) {
      // Each sentence in the first form, and in one of the others.
      for (const form of new Set([first, others[index % others.length] ?? first])) {
        const answer = await say(form, sentence);
        const commands = shows.map((command) => typed(form, command));
        if (!says.test(answer) || commands.some((command) => !answer.includes(command)))
          wrong.push(`${form}: ${sentence} (${commands.join(', ')}) → ${answer}`);
        expect([sentence, state()]).toEqual([sentence, before]);
      }
    }
    expect(wrong).toEqual([]);
  },
  120_000,
);

it.each(FORMS)(
  'in %s a clear order is obeyed, however politely it is said',
  async (network, forms) => {
    const { world, say } = await begin(network, forms[0] ?? '');
    for (const form of forms) {
      for (const [sentence, says, kind] of ORDERS) {
        const item = world.make({ title: 'Made for this' });
        if (kind === 'item.held') world.record(item, 'item.moved', { to: { name: 'current' }, why: 'for the test', failure: null });
        expect(await say(form, sentence.replace('N', String(item)))).toMatch(says);
        expect([form, sentence, ...world.kinds(item)]).toContain(kind);
      }
    }
  },
  60_000,
);
