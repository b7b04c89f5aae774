import { systemClock, type Clock } from '../../../src/clock.ts';
import type { IncomingMessage } from '../../../src/message/address.ts';
import { discordTransport, type DiscordTransport } from '../../../transports/discord/discord.ts';
import type { DiscordOptions, StateStore } from '../../../transports/discord/options.ts';
import type { CommandCatalogue } from '../../../transports/command-catalogue.ts';
import type { Sink } from '../../../transports/transport.ts';
import { FakeDiscord } from '../../fakes/discord/discord.ts';
import type { Channel, User } from '../../fakes/discord/world.ts';
import { eventually } from '../../eventually.ts';

export const never = new AbortController().signal;

/** A Discord of its own with one room, and a Musher that is not yet started. */
export interface Fixture {
  readonly fake: FakeDiscord;
  readonly transport: DiscordTransport;
  readonly room: Channel;
  readonly ada: User;
  readonly errors: unknown[];
  readonly received: IncomingMessage[];
  readonly state: StateStore & { readonly values: Map<string, string> };
  readonly sink: Sink;
  /** Another Musher with the same state, as after a restart. */
  readonly again: (options?: Partial<DiscordOptions>) => DiscordTransport;
  readonly close: () => Promise<void>;
}

/** State that lives as long as the map. */
export function memoryState(): Fixture['state'] {
  const values = new Map<string, string>();
  return { values, get: (key) => values.get(key) ?? null, set: (key, value) => void values.set(key, value) };
}

export async function openDiscord(
  options: { readonly catalogue?: CommandCatalogue; readonly clock?: Clock } & Partial<DiscordOptions> = {},
): Promise<Fixture> {
  const fake = new FakeDiscord();
  await fake.open();
  const room = fake.world.room();
  const ada = fake.world.person('Ada');
  const errors: unknown[] = [];
  const received: IncomingMessage[] = [];
  const state = memoryState();
  const made: DiscordTransport[] = [];
  const again = (more: Partial<DiscordOptions> = {}): DiscordTransport => {
    const transport = discordTransport({
      clock: systemClock(),
      token: fake.token,
      rooms: () => new Set([room.id]),
      mayWriteDirect: (user) => user === ada.id,
      state,
      catalogue: null,
      report: (error) => errors.push(error),
      api: fake.api,
      timing: { backoff: { first: 20, longest: 100, jitter: 0.5 }, identifySpacing: 0, connect: 30_000 },
      ...options,
      ...more,
    });
    made.push(transport);
    return transport;
  };
  return {
    fake,
    transport: again(),
    room,
    ada,
    errors,
    received,
    state,
    sink: (message) => {
      received.push(message);
      return 'accepted';
    },
    again,
    close: async () => {
      await Promise.all(made.map((transport) => transport.stop(AbortSignal.timeout(2_000))));
      await fake.close();
    },
  };
}

/** Waits until the first look at the rooms is over, and forgets what it took to see that. */
export async function settled({ fake, room, ada, received }: Fixture): Promise<void> {
  fake.write(ada, room, 'probe');
  await eventually(() => {
    if (received.length === 0) throw new Error('the probe has not come');
  });
  received.length = 0;
}
