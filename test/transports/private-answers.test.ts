import { expect, it } from 'vitest';
import { isPrivate } from '../../src/app/networks.ts';
import { replyHandle, threadOfReply } from '../../transports/discord/address.ts';
import { encodeHandle } from '../../transports/slack/handle.ts';

const slack = (isPublic: boolean): string => encodeHandle({ kind: 'answer', url: null, user: 'U1', at: 0, public: isPublic, thread: null });
const discord = (ephemeral: boolean): string => threadOfReply(replyHandle('1', 'token', '2', ephemeral, '3', 0));

it.each([
  ['a slash command in Slack', 'slack', slack(false), true],
  ['a slash command in Slack with --public', 'slack', slack(true), false],
  ['a thread in Slack', 'slack', encodeHandle({ kind: 'thread', ts: '1.2' }), false],
  ['a channel in Slack', 'slack', null, false],
  ['a private interaction in Discord', 'discord', discord(true), true],
  ['a button under a message that all of a Discord channel see', 'discord', discord(false), false],
  ['a room in Matrix', 'matrix', null, false],
  ['the terminal', 'console', null, false],
] as const)('the answer to %s is seen by the asker alone: %#', (_, transport, thread, expected) => {
  expect(isPrivate({ transport, room: 'r', thread })).toBe(expected);
});
