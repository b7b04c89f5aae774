import { terminal } from './console/network.ts';
import { discord } from './discord/network.ts';
import { matrix } from './matrix/network.ts';
import type { Network } from './network.ts';
import { slack } from './slack/network.ts';
import { web } from './web/network.ts';

/** All networks with an account and a section; a new one is its folder and a line here. */
export const NETWORKS: readonly Network[] = [matrix, discord, slack, web];

/** The network that is always there. */
export const LOCAL = terminal;
/** The id of the person who starts Musher, to which roles are given. */
export const OWNER = `${LOCAL.name}:${LOCAL.owner}`;
