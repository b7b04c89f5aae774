import { join } from 'node:path';
import { defineNetwork, WORD_START } from '../network.ts';
import { commandForm } from './command-form.ts';
import { keys } from './section.ts';

const PERSON = /^@[^\s:]+:\S+$/;
const PERSON_SHOULD = 'a full Matrix id such as "@anna:example.org"';

/** Matrix: any homeserver, with end-to-end encryption if its library is installed. */
export const matrix = defineNetwork({
  name: 'matrix',
  title: 'Matrix',
  about: 'A Matrix account (docs/transports/matrix.md).',
  keys,
  ids: {
    room: {
      is: /^!\S+$/,
      should: 'a room’s id, which begins with "!", such as "!AbCdEf:example.org"; an address with "#" is none',
      brief: 'Matrix `!…:server`',
      example: '!AbCdEf:example.org',
    },
    person: { is: PERSON, should: PERSON_SHOULD, brief: 'Full Matrix id.', example: '@anna:example.org' },
  },
  secrets: [
    {
      name: 'Matrix token',
      pattern: `${WORD_START}sy[ltra]_[A-Za-z0-9+/=-]{4,200}_[A-Za-z0-9]{20}_[A-Za-z0-9]{6}`,
      hints: ['syt_', 'syl_', 'syr_', 'sya_'],
    },
  ],
  crashPoints: ['network/matrix/before-token', 'network/matrix/after-put'],

  problems: ({ inviters }) =>
    inviters.flatMap((id, i) => (PERSON.test(id) ? [] : [{ path: ['inviters', i], message: `must be ${PERSON_SHOULD}` }])),

  async doctor(section, rooms, signal) {
    const { examine } = await import('./doctor.ts');
    return examine(section, rooms, signal);
  },

  commandForm,

  async open(section, parts) {
    const { matrixTransport } = await import('./matrix.ts');
    return matrixTransport({
      homeserver: section.homeserver,
      accessToken: section.access_token,
      inviters: section.inviters,
      clock: parts.clock,
      people: parts.people,
      state: parts.state,
      rooms: parts.rooms,
      direct: parts.directMessages,
      cryptoDir: join(parts.dataDir, 'matrix-crypto'),
      report: parts.report,
      ...(parts.draw === undefined ? {} : { draw: parts.draw }),
    });
  },
});
