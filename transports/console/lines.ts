import { createInterface } from 'node:readline';

/** Intake of messages from a stream that is no terminal. */
export interface LineIntake {
  close(): void;
}

/**
 * Each line is a message; a backslash at its end continues with the next line. What is left unfinished at the end of the
 * stream is a message too. `onEnd` is called once when the stream ends by itself.
 */
export function readLines(input: NodeJS.ReadableStream, onMessage: (text: string) => void, onEnd: () => void): LineIntake {
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, terminal: false });
  let open = true;
  let unfinished: string[] = [];
  const deliver = (text: string): void => {
    unfinished = [];
    if (text.trim() !== '') onMessage(text);
  };
  lines.on('line', (line) => {
    if (!open) return;
    if (line.endsWith('\\')) unfinished.push(line.slice(0, -1));
    else deliver([...unfinished, line].join('\n'));
  });
  lines.on('close', () => {
    if (!open) return;
    open = false;
    deliver(unfinished.join('\n'));
    onEnd();
  });
  return {
    close() {
      open = false;
      lines.close();
      input.pause();
    },
  };
}
