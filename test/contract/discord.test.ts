import { openDiscord } from '../transports/discord/fixture.ts';
import { describeTransport, type TransportHarness } from './transport-suite.ts';

describeTransport('discord', async (): Promise<TransportHarness> => {
  const { fake, transport, room, ada, errors, close } = await openDiscord();
  return {
    transport,
    room: { transport: 'discord', room: room.id, thread: null },
    incoming: (text) => Promise.resolve(void fake.write(ada, room, text)),
    redeliver: () => Promise.resolve(fake.redeliver()),
    shown: () => Promise.resolve(fake.world.shown(room.id)),
    messages: () => Promise.resolve(fake.world.in(room.id).map(({ content }) => content)),
    notified: () => Promise.resolve(fake.world.notified),
    disconnect: () => {
      fake.gateway.down = true;
      fake.gateway.disconnect();
      return Promise.resolve();
    },
    reconnect: () => Promise.resolve(void (fake.gateway.down = false)),
    reported: () => errors,
    close,
  };
});
