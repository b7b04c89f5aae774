import { discord } from './discord/network.ts';
import { matrix } from './matrix/network.ts';
import type { Network } from './network.ts';
import { slack } from './slack/network.ts';

/** The networks that there are; a new one is its folder and a line here. The terminal is none of them: it needs no account. */
export const NETWORKS: readonly Network[] = [matrix, discord, slack];
