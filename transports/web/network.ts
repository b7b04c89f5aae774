import { defineNetwork } from '../network.ts';
import { isAnyHost, keys, NAME, parseListen, parsePublic } from './section.ts';

/** The page, in a browser. It has no people of its own: whoever comes in by a link is who asked for it. */
export const web = defineNetwork({
  name: NAME,
  title: 'The page',
  about: 'The live page in a browser (docs/transports/web.md); the command `web` gives a link.',
  keys,
  ids: null,
  secrets: [],
  crashPoints: ['network/web/after-message-kept'],

  problems({ listen, url }) {
    const where = parseListen(listen);
    return [
      ...(where === null ? [{ path: ['listen'], message: 'must be an address and a port such as "127.0.0.1:7373"' }] : []),
      ...(url !== undefined && parsePublic(url) === null
        ? [{ path: ['url'], message: 'must be the start of an address, without a path, such as "https://musher.example.org"' }]
        : []),
      ...(where !== null && isAnyHost(where.host) && url === undefined
        ? [{ path: ['listen'], message: 'is every address of this machine, so `url` has to say where people open the page' }]
        : []),
    ];
  },

  async doctor(section) {
    const { examine } = await import('./doctor.ts');
    return examine(section);
  },

  // Nobody else is spoken to there.
  commandForm: (command) => command,
  // One browser of one person.
  isPrivate: () => true,
  inPublic: (to) => to,

  async open(section, parts) {
    const { webTransport } = await import('./web.ts');
    return webTransport(section, parts);
  },
});
