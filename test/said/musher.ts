import { Delivery } from '../../src/delivery/delivery.ts';
import type { Sink, Transport } from '../../transports/transport.ts';
import { makeWorld, type Desk, type World } from '../commands/harness.ts';

/** A person in a network, and where they write: both may steer there. */
export interface Somebody {
  readonly transport: Transport;
  readonly sender: string;
  readonly rooms: readonly string[];
}

/** Musher from a network's transport to its reply there: the real router, commands, log and delivery. The test is the engine. */
export interface Served {
  readonly world: World;
  /** Whether everything that was to be sent has been. */
  readonly isQuiet: () => boolean;
  /** What is still open, for whoever waits in vain. */
  readonly left: () => string;
  readonly close: () => Promise<void>;
}

/** Everything is sent at once: how fast a network takes messages is tested elsewhere. */
const AT_ONCE = { roomMs: 0, roomBurst: 1, networkMs: 0, networkBurst: 1 };

export async function serve(desk: Desk, { transport, sender, rooms }: Somebody): Promise<Served> {
  const none = { admin: [], operator: [], viewer: [] };
  const rights = {
    roles: { ...none, operator: ['ada'] },
    people: [{ name: 'ada', ids: [`${transport.name}:${sender}`] }],
    directMessages: true,
    rooms: rooms.map((id) => ({ transport: transport.name, id, project: 'shop', roles: none })),
  };
  const world: World = makeWorld(
    desk,
    {},
    [],
    rights,
    undefined,
    () => transport.identity(),
    undefined,
    (...look) => delivery.live.show(...look),
  );
  const problems: unknown[] = [];
  const delivery: Delivery = new Delivery({
    log: world.log,
    clock: world.clock,
    random: () => 0,
    transports: [
      new Proxy(transport, {
        get: (of, key) => (key === 'capabilities' ? { ...of.capabilities, pace: AT_ONCE } : of[key as keyof Transport]),
      }),
    ],
    isOpen: () => true,
    onSent: () => undefined,
    onProblem: (_row, error) => void problems.push(error),
  });
  const receive: Sink = (message) => (!world.isAddressed(message) ? 'ignored' : world.receive(message) === null ? 'duplicate' : 'accepted');
  delivery.start();
  await transport.start(receive);
  const isQuiet = (): boolean => {
    if (problems.length > 0) throw problems[0];
    return world.log.outbox.waiting().every(({ n }) => n === 0) && world.log.inbox.open(0, 1).length === 0;
  };
  return {
    world,
    isQuiet,
    left: () =>
      JSON.stringify([
        world.log.inbox.open(0, 10),
        rooms.flatMap((room) => world.log.outbox.open(transport.name, room, 5)),
        world.clock.waiting(),
      ]),
    close: async () => {
      await transport.stop(AbortSignal.timeout(2_000));
      await delivery.stop(AbortSignal.timeout(2_000));
      await world.close();
    },
  };
}
