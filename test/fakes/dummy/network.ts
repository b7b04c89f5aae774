import * as z from 'zod';
import { good, warning } from '../../../src/finding.ts';
import { text, token } from '../../../transports/keys.ts';
import { defineNetwork, WORD_START } from '../../../transports/network.ts';
import { switchboardAt } from './switchboard.ts';

/** The smallest network there can be: it shows what a new one has to say about itself. */
export const dummy = defineNetwork({
  name: 'dummy',
  title: 'Dummy',
  about: 'A network of the tests.',
  keys: z.strictObject({
    switchboard: text().meta({ description: 'Which switchboard to call.', example: 'main' }),
    token: token().meta({ description: 'What the switchboard lets Musher in by.', example: 'env:DUMMY_TOKEN' }),
    owner: text().optional().meta({ description: 'Whose line it is.', example: 'p-1' }),
  }),
  ids: {
    room: { is: /^line-\d+$/, should: 'the number of a line such as "line-7"', brief: 'Dummy `line-…`', example: 'line-7' },
    person: { is: /^p-\d+$/, should: 'the number of a person such as "p-1"', brief: 'Dummy person id.', example: 'p-1' },
  },
  secrets: [{ name: 'Dummy token', pattern: `${WORD_START}dummy_[a-z0-9]{20,40}`, hints: ['dummy_'] }],
  crashPoints: [],
  problems: ({ owner }) => (owner === 'p-0' ? [{ path: ['owner'], message: 'is nobody' }] : []),

  doctor({ switchboard, token: own }, rooms) {
    const board = switchboardAt(switchboard);
    if (board?.token !== own) throw new Error('the switchboard does not take the token');
    const missing = rooms.filter((room) => !board.rooms.has(room));
    return Promise.resolve([
      good('dummy', 'signed in'),
      ...missing.map((room) => warning('dummy', `there is no ${room}`, 'Correct its id.')),
    ]);
  },

  commandForm: (command, { direct }) => (direct ? command : `Musher: ${command}`),

  async open({ switchboard }, parts) {
    const board = switchboardAt(switchboard);
    if (board === undefined) throw new Error(`there is no switchboard ${switchboard}`);
    const { dummyTransport } = await import('./transport.ts');
    return dummyTransport(board, parts);
  },
});
