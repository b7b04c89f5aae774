import { discord } from './discord/network.ts';
import { matrix } from './matrix/network.ts';
import type { Network } from './network.ts';
import { slack } from './slack/network.ts';

/** All networks; a new one is its folder and a line here. The terminal is not one of them: it needs no account. */
export const NETWORKS: readonly Network[] = [matrix, discord, slack];
