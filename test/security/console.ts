import { PassThrough } from 'node:stream';
import { systemClock } from '../../src/clock.ts';
import { consoleTransport } from '../../transports/console/console.ts';
import { LOCAL_OWNER_ID, TERMINAL_ADDRESS } from '../../transports/console/place.ts';
import { lack, type Net } from './ways.ts';

/** The terminal. Whoever sits there has the one id: Mallory is who sits there while the configuration names nobody. */
export function openConsole(): Promise<Net> {
  const input = new PassThrough();
  const transport = consoleTransport({
    input,
    output: new PassThrough().resume(),
    clock: systemClock(),
    userName: 'ada',
    colour: false,
    onExit: () => {},
  });
  const type = (text: string): unknown => input.write(`${text}\n`);
  const none = lack('a terminal has lines and nothing else');
  return Promise.resolve({
    transport,
    room: TERMINAL_ADDRESS,
    ids: { anna: LOCAL_OWNER_ID, mallory: LOCAL_OWNER_ID },
    probe: () => type('ping'),
    ways: {
      terminal: { does: (_, title) => type(`create story ${title}`), isCommand: true },
      message: none,
      direct: none,
      mention: none,
      slash: none,
      button: none,
      reaction: none,
      select: none,
      modal: none,
      edit: none,
      deletion: none,
      reply: none,
      thread: none,
      upload: none,
      'other bot': none,
      'own message': none,
      completion: lack('what the terminal completes is shown to whoever sits there, by their rights (commands/rights.test.ts)'),
    },
    close: () => Promise.resolve(),
  });
}
