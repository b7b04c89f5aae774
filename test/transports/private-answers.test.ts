import { expect, it } from 'vitest';
import { ANSWER_PLACES } from '../../src/app/networks.ts';
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
  const { isPrivate, inPublic } = ANSWER_PLACES;
  expect(isPrivate({ transport, room: 'r', thread })).toBe(expected);
  // Where it has to be seen by everybody, it can be.
  expect(isPrivate(inPublic({ transport, room: 'r', thread }))).toBe(false);
});

it.each([
  ['a slash command in Slack', 'slack', slack(false), null],
  ['a thread in Slack', 'slack', encodeHandle({ kind: 'thread', ts: '1.2' }), '1.2'],
  [
    'a button in a thread in Slack',
    'slack',
    encodeHandle({ kind: 'answer', url: null, user: 'U1', at: 0, public: true, thread: '1.2' }),
    '1.2',
  ],
  ['a slash command in Discord', 'discord', threadOfReply(replyHandle('1', 'token', 'r', true, '3', 0)), null],
  ['a slash command in a thread in Discord', 'discord', discord(true), '2'],
  ['a message in a thread in Discord', 'discord', 't|2', '2'],
  ['a message in Discord', 'discord', null, null],
  ['a thread in Matrix', 'matrix', '$event', '$event'],
] as const)('the answer to %s stands in its room or in a thread: %#', (_, transport, thread, expected) => {
  expect(ANSWER_PLACES.threadOf({ transport, room: 'r', thread })).toBe(expected);
});
