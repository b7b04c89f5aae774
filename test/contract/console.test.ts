import { PassThrough } from 'node:stream';
import { systemClock } from '../../src/clock.ts';
import { consoleTransport } from '../../transports/console/console.ts';
import { TERMINAL_ADDRESS } from '../../transports/console/place.ts';
import { Screen } from '../fakes/screen.ts';
import { describeTransport, type Skips, type TransportHarness } from './transport-suite.ts';

const skips: Skips = {
  redelivery: 'a terminal delivers each line once',
  limits: 'a terminal has no single messages; parts are told apart by their marks',
  notifying: 'nobody can be notified in a terminal',
  files: 'a line holds words alone',
  replies: 'a terminal has one line after the other',
  threads: 'a terminal has one line after the other',
  reconnecting: 'there is no network in between',
};

function consoleOn(isTTY: boolean): () => Promise<TransportHarness> {
  return () => {
    const input = Object.assign(new PassThrough(), { isTTY });
    // Wide enough that no line of the cases is wrapped.
    const screen = new Screen({ isTTY, columns: 400, rows: 50 });
    const errors: unknown[] = [];
    const transport = consoleTransport({
      input,
      output: screen,
      clock: systemClock(),
      userName: 'ada',
      colour: false,
      report: (error) => errors.push(error),
    });
    return Promise.resolve({
      transport,
      room: TERMINAL_ADDRESS,
      incoming: (text: string) =>
        new Promise<void>((resolve) => {
          input.write(`${text}${isTTY ? '\r' : '\n'}`, () => resolve());
        }),
      shown: () => Promise.resolve(screen.text()),
      reported: () => errors,
      close: () => Promise.resolve(),
    });
  };
}

describeTransport('console on a terminal', consoleOn(true), skips);
describeTransport('console without a terminal', consoleOn(false), skips);
