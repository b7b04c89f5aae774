import { afterEach, describe, expect, it } from 'vitest';
import { action, actions, codeBlock, doc, line, paragraph } from '../../../src/message/build.ts';
import type { IncomingMessage } from '../../../src/message/address.ts';
import type { CommandCatalogue, CatalogueOption } from '../../../transports/command-catalogue.ts';
import { openDiscord, type Fixture } from './fixture.ts';

const option = (name: string, more: Partial<CatalogueOption> = {}): CatalogueOption => ({
  name,
  description: `The ${name}.`,
  type: 'string',
  required: false,
  choices: [],
  min: null,
  max: null,
  flag: null,
  several: false,
  rest: false,
  keyword: null,
  completes: false,
  ...more,
});
const ITEM = option('item', { type: 'item', required: true, completes: true });
export const CATALOGUE: CommandCatalogue = {
  commands: [
    { words: ['status'], summary: 'Shows the board.', options: [] },
    { words: ['show'], summary: 'Shows an item.', options: [ITEM, option('full', { type: 'boolean', flag: 'full' })] },
    { words: ['timer', 'list'], summary: 'Lists timers.', options: [] },
    {
      words: ['depends'],
      summary: 'Says what comes first.',
      options: [ITEM, option('on', { keyword: 'on' }), option('others', { type: 'item', rest: true, required: true, completes: true })],
    },
  ],
  complete: (text) =>
    /^(?:show|depends \S+ on) /.test(text)
      ? Array.from({ length: 40 }, (_, index) => ({
          value: `${index + 1}`,
          label: `${index + 1} Fix ${text.at(-1)} ${'long '.repeat(30)}`,
        }))
      : [],
};

let open: Fixture | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

async function started(options: Parameters<typeof openDiscord>[0] = {}): Promise<Fixture> {
  open = await openDiscord({ catalogue: CATALOGUE, ...options });
  await open.transport.start(open.sink);
  return open;
}
async function taken({ received }: Fixture, count = 1): Promise<IncomingMessage> {
  await expect.poll(() => received.length).toBe(count);
  const last = received.at(-1);
  if (last === undefined) throw new Error('nothing came');
  return last;
}
const CALLBACK = /callback$/;

describe('a slash command', () => {
  it('comes as the text that a person would have typed', async () => {
    const it_ = await started();
    const { fake, room, ada } = it_;
    fake.slash(ada, room, 'show', { item: '42', full: true });
    fake.slash(ada, room, 'timer-list');
    fake.slash(ada, room, 'depends', { item: '42', others: '40 41' });
    const last = await taken(it_, 3);
    expect(it_.received.map(({ text }) => text)).toEqual(['show --full 42', 'timer list', 'depends 42 on 40 41']);
    expect(last).toMatchObject({ ingress: 'slash', sender: { id: ada.id }, at: { room: room.id } });
  });

  it('is answered to the asker alone, or to everybody where that was asked for', async () => {
    const it_ = await started();
    const { fake, transport, room, ada } = it_;
    const quiet = fake.slash(ada, room, 'status');
    const first = await taken(it_);
    await transport.send(first.at, line('the board'), 'k1', { again: false });
    const loud = fake.slash(ada, room, 'status', { public: true });
    const second = await taken(it_, 2);
    expect(second.text).toBe('status');
    await transport.send(second.at, line('the board for all'), 'k2', { again: false });
    expect(quiet.answers.map((one) => [one.content, one.flags])).toEqual([['the board', 64 + 4]]);
    expect(loud.answers.map((one) => [one.content, one.flags])).toEqual([['the board for all', 4]]);
    expect(fake.world.shown(room.id)).toBe('the board for all');
  });

  it('is deferred before 3 s, and its answer takes the place of the deferral', async () => {
    const it_ = await started();
    const { fake, transport, room, ada } = it_;
    const interaction = fake.slash(ada, room, 'status');
    const message = await taken(it_);
    await expect.poll(() => interaction.phase).toBe('deferred');
    expect(fake.interactions.failed(interaction)).toBe(false);
    expect(interaction.ephemeral).toBe(true);
    await transport.send(message.at, line('took a while'), 'k', { again: false });
    expect(interaction.answers.map(({ content }) => content)).toEqual(['took a while']);
  });

  it('is answered after a restart, also where the answer was sent and not yet known of', async () => {
    const it_ = await started();
    const { fake, transport, room, ada, again, sink } = it_;
    const waiting = fake.slash(ada, room, 'status');
    const first = await taken(it_);
    const answered = fake.slash(ada, room, 'show', { item: '42' });
    const second = await taken(it_, 2);
    await transport.send(second.at, line('42'), 'k2', { again: false });
    await transport.stop(AbortSignal.timeout(1_000));
    expect(waiting.phase).toBe('deferred');
    const later = again();
    await later.start(sink);
    await later.send(first.at, line('the board'), 'k1', { again: false });
    await later.send(second.at, line('42'), 'k2', { again: true });
    expect([...waiting.answers, ...answered.answers].map(({ content }) => content)).toEqual(['the board', '42']);
  });

  it('is answered once when the reply to the answer was lost', async () => {
    const it_ = await started();
    const { fake, transport, room, ada } = it_;
    const interaction = fake.slash(ada, room, 'status', { public: true });
    const { at } = await taken(it_);
    fake.next(CALLBACK, 'drop-reply');
    await expect(transport.send(at, line('the board'), 'k', { again: false })).rejects.toMatchObject({ outcome: 'unknown' });
    await transport.send(at, line('the board'), 'k', { again: true });
    expect(interaction.answers).toHaveLength(1);
    expect(fake.world.shown(room.id)).toBe('the board');
  });

  it('is answered in the channel when nobody waits for it any more', async () => {
    const it_ = await started();
    const { fake, transport, room, ada } = it_;
    fake.interactions.firstAnswerMs = 0;
    fake.slash(ada, room, 'status');
    const { at } = await taken(it_);
    await transport.send(at, line('too late'), 'k', { again: false });
    const whose = 'For @Ada, too late for a private answer.';
    expect(fake.world.shown(room.id)).toBe(`${whose}\n\ntoo late`);
    const ended = { ...at, thread: ['i', '1', 'token', room.id, '1', 'e', ada.id].join('|') };
    await transport.send(ended, line('after 15 minutes'), 'k2', { again: false });
    expect(fake.world.shown(room.id)).toBe(`${whose}\n\ntoo late\n${whose}\n\nafter 15 minutes`);
    expect(fake.world.notified).toEqual([]);
  });

  it('is answered in the channel once nobody waits for it, also where the channel takes it only at the second try', async () => {
    const it_ = await started();
    const { fake, transport, room, ada } = it_;
    fake.interactions.firstAnswerMs = 0;
    fake.slash(ada, room, 'status');
    const { at } = await taken(it_);
    fake.next(/^POST \/channels\/\d+\/messages$/, 'unavailable');
    await expect(transport.send(at, line('too late'), 'k', { again: false })).rejects.toMatchObject({ outcome: 'unknown' });
    expect(await transport.send(at, line('too late'), 'k', { again: true })).toHaveLength(1);
    expect(fake.world.shown(room.id)).toBe('For @Ada, too late for a private answer.\n\ntoo late');
  });

  it('has a long answer in parts, none of which shows twice when a reply is lost', async () => {
    const it_ = await started();
    const { fake, transport, room, ada } = it_;
    const long = doc(paragraph('head'), codeBlock(Array.from({ length: 600 }, (_, index) => `line ${index}`).join('\n')));
    const loud = fake.slash(ada, room, 'status', { public: true });
    const first = await taken(it_);
    fake.next(/^POST \/channels\/\d+\/messages$/, 'drop-reply');
    await expect(transport.send(first.at, long, 'k1', { again: false })).rejects.toMatchObject({ outcome: 'unknown' });
    await transport.send(first.at, long, 'k1', { again: true });
    expect(loud.answers).toHaveLength(1);
    expect(fake.world.shown(room.id).match(/line \d+/g)).toEqual(Array.from({ length: 600 }, (_, index) => `line ${index}`));

    const quiet = fake.slash(ada, room, 'status');
    const second = await taken(it_, 2);
    await transport.send(second.at, long, 'k2', { again: false });
    expect(quiet.answers.length).toBeGreaterThan(2);
    expect(quiet.answers.every(({ flags }) => flags === 64 + 4)).toBe(true);
  });

  it('that cannot be stored says so at once', async () => {
    open = await openDiscord({ catalogue: CATALOGUE });
    const { fake, transport, room, ada, errors } = open;
    await transport.start(() => {
      throw new Error('disk full');
    });
    const interaction = fake.slash(ada, room, 'status');
    await expect.poll(() => interaction.answers.map(({ content }) => content).join('')).toContain('could not be stored');
    expect(interaction.ephemeral).toBe(true);
    expect(errors.map(String)).toEqual(['Error: disk full']);
  });

  describe('of a button that asks for a text', () => {
    const asks = { title: 'Reject #1', label: 'Reason, for the next attempt' };
    const pressed = async (item = '1') => {
      const it_ = await started();
      const { transport, fake, room, ada } = it_;
      const body = doc(paragraph('1 waits'), actions({ ...action('Reject', `reject shop#${item}`), asks }));
      const at = { transport: 'discord', room: room.id, thread: null };
      await transport.send(at, body, 'k', { again: false });
      const message = fake.world.in(room.id)[0];
      if (message === undefined) throw new Error('nothing was sent');
      return { ...it_, message, press: () => fake.press(ada, message, 'Reject') };
    };

    it.each(['1', '9'.repeat(120)])('shows a field, and takes what is written behind its command (%s)', async (item) => {
      const it_ = await pressed(item);
      const press = it_.press();
      await expect.poll(() => press.modal?.title).toBe('Reject #1');
      expect(it_.received).toEqual([]);
      const sent = it_.fake.submit(it_.ada, press, 'no tests\nfor *tax*', it_.message);
      const { at, ...came } = await taken(it_);
      expect(came).toMatchObject({ ingress: 'modal', text: `reject shop#${item} no tests\nfor *tax*` });
      await it_.transport.send(at, line('sent back'), 'k2', { again: false });
      expect(sent.answers.map(({ content, flags }) => `${content} ${(flags & 64) !== 0}`)).toEqual(['sent back false']);
    });

    it('says what to type where the field does not open', async () => {
      const it_ = await pressed();
      it_.fake.next(CALLBACK, 'refuse');
      const press = it_.press();
      await expect.poll(() => press.answers.map(({ content }) => content).join('')).toContain('reject shop#1 <text>');
      expect(press.modal).toBeNull();
      expect(it_.received).toEqual([]);
    });
  });

  it('in a channel or by a person that is not served is refused, and reaches nothing', async () => {
    const { fake, ada, received } = await started();
    const other = fake.world.room('other');
    const elsewhere = fake.slash(ada, other, 'status');
    const stranger = fake.slash(fake.world.person('Eve'), fake.world.direct(), 'status');
    await expect.poll(() => elsewhere.answers[0]?.content ?? '').toContain(other.id);
    await expect.poll(() => stranger.answers[0]?.content ?? '').toContain('no role');
    expect(received).toEqual([]);
  });

  it('that comes twice is taken under one id and answered once', async () => {
    const it_ = await started();
    const { fake, transport, room, ada } = it_;
    const interaction = fake.slash(ada, room, 'status');
    fake.redeliver();
    const { at } = await taken(it_, 2);
    expect(new Set(it_.received.map(({ id }) => id)).size).toBe(1);
    await transport.send(at, line('the board'), 'k', { again: false });
    await transport.send(at, line('the board'), 'k', { again: false });
    expect(interaction.answers).toHaveLength(1);
  });

  it('edits its answer in place, and continues in the channel when its token has ended', async () => {
    const it_ = await started();
    const { fake, transport, room, ada } = it_;
    const interaction = fake.slash(ada, room, 'status');
    const { at } = await taken(it_);
    const [ref] = await transport.send(at, line('first'), 'k', { again: false });
    if (ref === undefined) throw new Error('no name');
    await transport.edit(ref, line('second'));
    expect(interaction.answers.map(({ content }) => content)).toEqual(['second']);
    fake.interactions.tokenMs = 0;
    await new Promise((resolve) => setImmediate(resolve));
    await transport.edit(ref, line('third'));
    await transport.edit(ref, line('fourth'));
    expect(fake.world.shown(room.id)).toBe('fourth');
  });
});

describe('a button', () => {
  it('comes as its command, and is answered where it stands', async () => {
    const it_ = await started();
    const { fake, transport, room, ada } = it_;
    await transport.send(
      { transport: 'discord', room: room.id, thread: null },
      doc(paragraph('Merge?'), actions(action('Yes', 'yes', 'danger'))),
      'k',
      {
        again: false,
      },
    );
    const [question] = fake.world.in(room.id);
    if (question === undefined) throw new Error('nothing shown');
    const pressed = fake.press(ada, question, 'Yes');
    const message = await taken(it_);
    expect(message).toMatchObject({ ingress: 'button', text: 'yes', sender: { id: ada.id }, at: { room: room.id } });
    await transport.send(message.at, line('done'), 'k2', { again: false });
    expect(pressed.ephemeral).toBe(false);
    expect(fake.world.shown(room.id)).toBe('Merge?\n[Yes]\ndone');
  });
});

describe('an option that is filled in', () => {
  it('is completed by titles, at most 25, within Discord’s limits', async () => {
    const { fake, room, ada, received } = await started();
    const show = fake.fillIn(ada, room, 'show', { item: '4' });
    await expect.poll(() => show.choices?.length).toBe(25);
    expect(show.choices?.[0]).toEqual({ name: expect.stringMatching(/^1 Fix 4 .*…$/) as string, value: '1' });
    expect(show.choices?.every(({ name }) => name.length <= 100)).toBe(true);
    const depends = fake.fillIn(ada, room, 'depends', { item: '42', others: '4' });
    await expect.poll(() => depends.choices?.length).toBe(25);
    const elsewhere = fake.fillIn(ada, fake.world.room('other'), 'show', { item: '4' });
    await expect.poll(() => elsewhere.choices).toEqual([]);
    expect(received).toEqual([]);
  });
});

describe('completion', () => {
  it('says who fills in, and where, so that it shows only what they may see', async () => {
    const asked: unknown[] = [];
    const { fake, room, ada } = await started({
      catalogue: { ...CATALOGUE, complete: (_, typist) => (asked.push(typist), []) },
    });
    const shown = fake.fillIn(ada, room, 'show', { item: '4' });
    await expect.poll(() => shown.choices).toEqual([]);
    expect(asked).toEqual([
      {
        sender: { transport: 'discord', id: ada.id, name: expect.any(String) as string },
        at: { transport: 'discord', room: room.id, thread: null },
        ingress: 'slash',
        direct: false,
      },
    ]);
  });
});

describe('the commands', () => {
  it('are published at the first start, and again only when they change', async () => {
    const { fake, transport, again, sink } = await started();
    await transport.stop(AbortSignal.timeout(1_000));
    const second = again();
    await second.start(sink);
    expect(fake.rest.published).toHaveLength(1);
    await second.stop(AbortSignal.timeout(1_000));
    const third = again({ catalogue: { ...CATALOGUE, commands: CATALOGUE.commands.slice(1) } });
    await third.start(sink);
    expect(fake.rest.published.map((all) => all.length)).toEqual([4, 3]);
  });

  it('that cannot be published are reported, and tried again at the next start', async () => {
    open = await openDiscord({ catalogue: CATALOGUE });
    const { fake, transport, again, sink, errors } = open;
    fake.next(/^PUT /, 'unavailable');
    await transport.start(sink);
    expect(errors.map(String)).toEqual(['Error: The slash commands could not be published.']);
    await transport.stop(AbortSignal.timeout(1_000));
    await again().start(sink);
    expect(fake.rest.published).toHaveLength(1);
  });
});
