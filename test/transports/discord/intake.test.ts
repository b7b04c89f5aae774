import { afterEach, describe, expect, it } from 'vitest';
import { openDiscord, settled, type Fixture } from './fixture.ts';

let open: Fixture | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

async function started(options: Parameters<typeof openDiscord>[0] = {}): Promise<Fixture> {
  open = await openDiscord(options);
  await open.transport.start(open.sink);
  await settled(open);
  return open;
}
/** What reached the sink once a last message has. */
async function until({ fake, room, ada, received }: Fixture): Promise<string[]> {
  fake.write(ada, room, 'the last');
  await expect.poll(() => received.at(-1)?.text).toBe('the last');
  return received.slice(0, -1).map(({ text }) => text);
}

describe('intake', () => {
  it('takes what people write in the served rooms and their threads, and direct messages of those who may', async () => {
    const it_ = await started();
    const { fake, room, ada, received } = it_;
    const thread = fake.world.thread(room, 'about 42');
    const talk = fake.world.direct();
    fake.write(ada, room, 'in the room');
    fake.write(ada, thread, 'in the thread');
    fake.write(ada, talk, 'direct');
    await expect.poll(() => received).toHaveLength(3);
    const sender = { transport: 'discord', id: ada.id, name: 'Ada' };
    const byText = Object.fromEntries(received.map((message) => [message.text, message]));
    expect(byText['in the room']).toMatchObject({ ingress: 'message', sender, at: { room: room.id, thread: null } });
    expect(byText['in the thread']).toMatchObject({ ingress: 'message', sender, at: { room: room.id, thread: `t|${thread.id}` } });
    expect(byText['direct']).toMatchObject({ ingress: 'direct', sender, at: { room: talk.id, thread: null } });
  });

  it('tells how people are called, by their name in that server first, and calls those by name whom a text mentions', async () => {
    const called: [string, string | null][] = [];
    const it_ = await started({ people: { called: (id, name) => void called.push([id, name]), nameOf: () => null } });
    const { fake, room, ada } = it_;
    const bob = fake.world.person('Bob "B" Lee');
    const { id } = fake.world.bot;
    fake.write(ada, room, `<@${id}> <@${bob.id}> ask <@!${bob.id}>, not <@${id}> or <@1>`, { member: { nick: 'Countess' } } as object);
    expect(await until(it_)).toEqual([`<@${id}> <@${bob.id}> ask @Bob B Lee, not <@${id}> or <@1>`]);
    expect(called.slice(-2)).toEqual([
      [ada.id, 'Countess'],
      [ada.id, 'Ada'],
    ]);
  });

  it('passes nothing of bots, webhooks, the system, other rooms, strangers’ direct messages, edits and deletions', async () => {
    const it_ = await started();
    const { fake, room, ada } = it_;
    const other = fake.world.room('other');
    fake.write(fake.world.bot, room, 'own');
    fake.write(fake.world.person('Robot', { bot: true }), room, 'other bot');
    fake.write(ada, room, 'webhook', { webhook_id: '1' });
    fake.write(ada, room, 'pinned', { type: 6 });
    fake.write(ada, other, 'elsewhere');
    fake.write(ada, fake.world.thread(other, 'x'), 'thread elsewhere');
    fake.write(fake.world.person('Eve'), fake.world.direct(), 'stranger');
    const message = fake.write(ada, room, 'first wording');
    fake.rewrite(message, '!delete 42');
    fake.erase(message);
    expect(await until(it_)).toEqual(['first wording']);
  });

  it('passes on who calls it in a channel that it does not serve, and nothing else of it', async () => {
    const it_ = await started();
    const { fake, ada, received } = it_;
    const other = fake.world.room('other');
    fake.write(ada, other, 'between us');
    fake.write(ada, other, `thanks, <@${fake.world.bot.id}>`);
    fake.write(ada, other, `<@${fake.world.bot.id}> status`);
    await expect.poll(() => received.map(({ text, at }) => [text, at.room])).toEqual([[`<@${fake.world.bot.id}> status`, other.id]]);
  });

  it('is called by its new names as soon as it is renamed', async () => {
    const { fake, transport } = await started();
    await expect.poll(() => transport.identity()?.ids).toHaveLength(2);
    fake.gateway.dispatch('USER_UPDATE', { ...fake.world.bot, username: 'builder' });
    await expect.poll(() => transport.identity()?.names).toEqual(['builder']);
    fake.gateway.dispatch('GUILD_MEMBER_UPDATE', { guild_id: fake.world.guild, user: fake.world.bot, nick: 'Bob' });
    await expect.poll(() => transport.identity()?.names).toEqual(['builder', 'Bob']);
    fake.gateway.dispatch('GUILD_MEMBER_UPDATE', { guild_id: fake.world.guild, user: fake.world.bot, nick: null });
    fake.gateway.dispatch('GUILD_ROLE_CREATE', { guild_id: fake.world.guild, role: { id: '77', tags: { bot_id: fake.world.bot.id } } });
    await expect.poll(() => transport.identity()).toMatchObject({ ids: expect.arrayContaining(['&77']) as string[], names: ['builder'] });
  });

  it('passes nothing that was written before it came', async () => {
    open = await openDiscord();
    const { fake, room, ada, transport, sink } = open;
    fake.write(ada, room, 'old');
    await transport.start(sink);
    expect(await until(open)).toEqual([]);
  });

  it('knows the bot by its id, its role in a server, and its name', async () => {
    const { fake, transport } = await started();
    await expect.poll(() => transport.identity()).toEqual({ ids: [fake.world.bot.id, `&${fake.world.botRole}`], names: ['musher'] });
  });

  it('keeps the session only as far as messages are stored', async () => {
    const it_ = await started();
    const { fake, room, ada, state } = it_;
    const sequence = (): number => (JSON.parse(state.get('session') ?? '{}') as { sequence: number }).sequence;
    const before = sequence();
    fake.write(ada, room, 'one');
    await expect.poll(() => sequence()).toBe(before + 1);
  });

  it('takes each delivery of a message under the same id', async () => {
    const it_ = await started();
    const { fake, room, ada, received } = it_;
    fake.gateway.copies = 3;
    fake.write(ada, room, 'again');
    await expect.poll(() => received).toHaveLength(3);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
  });
});
