import type { Address } from '../../src/message/address.ts';

/** The only room there is. */
export const TERMINAL_ADDRESS: Address = { transport: 'console', room: 'terminal', thread: null };
/** Whoever sits at the terminal owns the process: the id never changes. */
export const LOCAL_OWNER_ID = 'local';
