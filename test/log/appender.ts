import { writeSync } from 'node:fs';
import { systemClock } from '../../src/clock.ts';
import { Log } from '../../src/log/log.ts';
import { takeOwnership } from '../../src/log/owner.ts';

/**
 * A process for tests to kill: takes the data directory named by its argument, prints `owner <pid>`, and with `append`
 * appends events one by one, printing each number only after its commit.
 */
const [dir = '', mode = ''] = process.argv.slice(2);
const ownership = takeOwnership(dir);
say(`owner ${process.pid}\n`);
if (mode === 'append') {
  const log = Log.open(dir, systemClock());
  for (;;) {
    const event = log.transaction((tx) =>
      tx.record({
        project: 'shop',
        item: null,
        actor: 'musher',
        cause: null,
        kind: 'room.bound',
        payload: { transport: 'console', room: `room ${tx.reads.lastSeq() + 1}` },
      }),
    );
    say(`${event.seq}\n`);
  }
} else {
  // What nobody refers to is collected, and its lock with it.
  setInterval(() => void ownership, 60_000);
}

/** Prints all of a text. A pipe that is full takes a part of it or nothing (EAGAIN): the rest waits until its reader has read. */
function say(text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0;) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
