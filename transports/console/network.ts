import type { LocalNetwork } from '../network.ts';
import type { ConsoleOptions } from './console.ts';
import { LOCAL_OWNER_ID, TERMINAL_ADDRESS } from './place.ts';

export const terminal: LocalNetwork<ConsoleOptions> = {
  name: TERMINAL_ADDRESS.transport,
  title: 'The terminal',
  address: TERMINAL_ADDRESS,
  roomName: 'terminal',
  owner: LOCAL_OWNER_ID,
  open: async (options) => (await import('./console.ts')).consoleTransport(options),
};
