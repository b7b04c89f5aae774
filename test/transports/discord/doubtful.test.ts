import { afterEach, describe, expect, it } from 'vitest';
import { line } from '../../../src/message/build.ts';
import type { IncomingMessage } from '../../../src/message/address.ts';
import { openDiscord, type Fixture } from './fixture.ts';

let open: Fixture | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

async function started(): Promise<Fixture> {
  open = await openDiscord({
    catalogue: { commands: [{ words: ['status'], summary: 'Shows the board.', options: [] }], complete: () => [] },
  });
  await open.transport.start(open.sink);
  return open;
}
async function taken({ received }: Fixture): Promise<IncomingMessage> {
  await expect.poll(() => received.length).toBe(1);
  const [first] = received;
  if (first === undefined) throw new Error('nothing came');
  return first;
}
const CALLBACK = /callback$/;

describe('an answer for one person that may not have arrived', () => {
  it('is given whole as a file where it is not known whether a part of it arrived', async () => {
    const it_ = await started();
    const { fake, transport, room, ada } = it_;
    const long = line(Array.from({ length: 900 }, (_, index) => `w${index}`).join(' '));
    const quiet = fake.slash(ada, room, 'status');
    const { at } = await taken(it_);
    fake.next(/^POST \/webhooks\//, 'reset');
    await expect(transport.send(at, long, 'k', { again: false })).rejects.toMatchObject({ outcome: 'unknown' });
    await transport.send(at, long, 'k', { again: true });
    expect(quiet.answers).toHaveLength(1);
    expect(quiet.answers[0]?.attachments[0]?.text.match(/w\d+/g)).toHaveLength(900);
  });

  it.each(['drop-reply', 'reset'] as const)('is given a second answer again that may not have arrived, and says so (%s)', async (fault) => {
    const it_ = await started();
    const { fake, transport, room, ada, again, sink } = it_;
    const quiet = fake.slash(ada, room, 'status');
    const { at } = await taken(it_);
    await transport.send(at, line('one look'), 'k1', { again: false });
    fake.next(/^POST \/webhooks\//, fault);
    await expect(transport.send(at, line('the end'), 'k2', { again: false })).rejects.toMatchObject({ outcome: 'unknown' });
    await transport.stop(AbortSignal.timeout(1_000));
    const later = again();
    await later.start(sink);
    const refs = await later.send(at, line('the end'), 'k2', { again: true });
    const repeated = '*The connection broke, so you may have seen this before.*\n\nthe end';
    expect(quiet.answers.map(({ content }) => content)).toEqual(['one look', ...(fault === 'reset' ? [] : ['the end']), repeated]);
    expect(quiet.answers.every(({ flags }) => flags === 64 + 4)).toBe(true);
    expect(refs.map(({ id }) => id.slice(id.lastIndexOf('|') + 1))).toEqual([quiet.answers.at(-1)?.id]);
    // Now it is known what became of it.
    await later.send(at, line('the end'), 'k2', { again: true });
    expect(quiet.answers.at(-1)?.content).toBe(repeated);
    expect(fake.world.shown(room.id)).toBe('');
  });

  it.each([
    ['the whole', CALLBACK, line('the board')],
    ['a part', /^POST \/webhooks\//, line(Array.from({ length: 900 }, (_, index) => `w${index}`).join(' '))],
  ] as const)('goes on in the channel when its token has ended, and says where %s may have been seen', async (_, match, answer) => {
    const it_ = await started();
    const { fake, transport, room, ada, again, sink } = it_;
    fake.slash(ada, room, 'status');
    const { at } = await taken(it_);
    fake.next(match, 'drop-reply');
    await expect(transport.send(at, answer, 'k', { again: false })).rejects.toMatchObject({ outcome: 'unknown' });
    await transport.stop(AbortSignal.timeout(1_000));
    const [kind, id, token, channel, , who] = at.thread?.split('|') ?? [];
    const later = again();
    await later.start(sink);
    await later.send({ ...at, thread: [kind, id, token, channel, '1', who].join('|') }, answer, 'k', { again: true });
    expect(fake.world.shown(room.id)).toMatch(/^The connection broke, so you may have seen this before\./);
    expect(fake.world.shown(room.id)).toMatch(match === CALLBACK ? /the board$/ : /w899\b/);
  });
});
