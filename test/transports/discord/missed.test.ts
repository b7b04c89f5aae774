import { afterEach, describe, expect, it } from 'vitest';
import { openDiscord, settled, type Fixture } from './fixture.ts';

let open: Fixture | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

async function started(): Promise<Fixture> {
  open = await openDiscord();
  await open.transport.start(open.sink);
  await settled(open);
  return open;
}

describe('what was written while Musher was away', () => {
  it('is read by the next one where Musher is killed over it: its session is not kept before', async () => {
    const it_ = await started();
    const { fake, transport, room, ada, again, state } = it_;
    await transport.stop(AbortSignal.timeout(1_000));
    fake.gateway.forgetSessions();
    fake.write(ada, room, 'while away');
    const thread = fake.world.thread(room, 'about 42');
    fake.write(ada, thread, 'in a thread');
    fake.requests.length = 0;
    for (let n = 0; n < 2; n += 1) fake.next(/^GET \/channels\/\d+\/messages$/, 'slow', 1_500);
    const second = again();
    await second.start(() => 'accepted');
    await expect.poll(() => fake.requests.filter((request) => /^GET .*messages$/.test(request)).length).toBe(2);
    // What is on disk when it is killed here.
    const disk = new Map(state.values);
    await second.stop(AbortSignal.timeout(5_000));
    const heard: string[] = [];
    const third = again({ state: { get: (key) => disk.get(key) ?? null, set: (key, value) => void disk.set(key, value) } });
    await third.start(({ text }) => {
      heard.push(text);
      return 'accepted';
    });
    await expect.poll(() => heard.toSorted()).toEqual(['in a thread', 'while away']);
  });

  it('is read also where Discord does not answer at first, and before what came after it', async () => {
    const it_ = await started();
    const { fake, room, ada, received, errors } = it_;
    fake.gateway.down = true;
    fake.gateway.disconnect();
    fake.gateway.forgetSessions();
    fake.write(ada, room, 'while away');
    for (const kind of ['unavailable', 'reset', '429'] as const) fake.next(/^GET \/channels\/\d+\/messages$/, kind, 20);
    const { length } = fake.gateway.identifies;
    fake.gateway.down = false;
    await expect.poll(() => fake.gateway.identifies.length).toBeGreaterThan(length);
    fake.write(ada, room, 'now');
    await expect.poll(() => received.map(({ text }) => text)).toEqual(['while away', 'now']);
    expect(errors.map(String).join()).toContain('retrying');
  });
});
