import type { ServerResponse } from 'node:http';
import { BOUNDS } from '../../src/bounds.ts';
import type { Clock } from '../../src/clock.ts';
import type { Answer, Change, Viewer, Views } from '../views.ts';

/** Open streams are shown to be alive so often, in ms: proxies close what is silent for a minute. */
const BEAT_MS = 20_000;

interface Stream {
  readonly viewer: Viewer;
  readonly response: ServerResponse;
  /** The newest event that it was told of. */
  event: number;
}

/** The open streams of all pages. The log is followed once for all of them. */
export interface Streams {
  /** Begins a stream, which continues after an event; false: there are too many. */
  open(viewer: Viewer, response: ServerResponse, after: number): boolean;
  /** Tells the streams of a session what it was answered. */
  answer(room: string, shown: readonly Answer[]): void;
  /** Ends the streams of a session that is over. */
  end(room: string): void;
  close(): void;
}

/** `isOpen` tells whether a session still is: it is asked at each beat. */
export function openStreams(views: Views, clock: Clock, isOpen: (room: string) => boolean): Streams {
  const streams = new Set<Stream>();
  const drop = (stream: Stream): void => {
    streams.delete(stream);
    stream.response.destroy();
  };
  const write = (stream: Stream, text: string): void => {
    // Who does not read gets no queue of unbounded length: their browser comes back and asks for what it missed.
    if (stream.response.writableLength > BOUNDS.webStreamWaiting) drop(stream);
    else stream.response.write(text);
  };
  const changed = (change: Change): void => {
    const text = changeText(change);
    for (const stream of streams) {
      if (stream.event >= change.event) continue;
      stream.event = change.event;
      write(stream, text);
    }
  };
  const end = (room: string): void => {
    for (const stream of streams) {
      if (stream.viewer.at.room !== room) continue;
      streams.delete(stream);
      stream.response.end('event: ended\ndata: {}\n\n');
    }
  };
  const beat = (): void => {
    for (const stream of streams) {
      if (isOpen(stream.viewer.at.room)) write(stream, ': still here\n\n');
      else end(stream.viewer.at.room);
    }
    cancel = clock.at(clock.now() + BEAT_MS, beat);
  };
  let cancel = clock.at(clock.now() + BEAT_MS, beat);
  const unfollow = views.follow(changed);
  return {
    open(viewer, response, after) {
      if (streams.size >= BOUNDS.webStreams) return false;
      const theirs = [...streams].filter((one) => one.viewer.at.room === viewer.at.room);
      for (const old of theirs.slice(0, Math.max(0, theirs.length - BOUNDS.webStreamsOfSession + 1))) drop(old);
      const missed = views.since(after);
      const stream: Stream = { viewer, response, event: Math.max(missed?.event ?? views.head(), 0) };
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      // Its first bytes make a browser and each proxy between begin.
      response.write('retry: 1000\n\n');
      if (missed === null) write(stream, changeText({ event: views.head(), topics: ['*'] }));
      else if (missed.event > after) write(stream, changeText(missed));
      streams.add(stream);
      response.on('close', () => void streams.delete(stream));
      response.on('error', () => drop(stream));
      return true;
    },
    answer(room, shown) {
      for (const stream of streams)
        if (stream.viewer.at.room === room) write(stream, eventText('answer', null, views.answers(shown, stream.viewer)));
    },
    end,
    close() {
      cancel();
      unfollow();
      for (const { response } of streams) response.end();
      streams.clear();
    },
  };
}

function changeText(change: Change): string {
  return eventText('change', change.event, JSON.stringify(change));
}

/** An event of a stream. Every line of its data is one of its own: a line break ends no event. */
function eventText(name: string, id: number | null, data: string): string {
  const lines = data.split(/\r\n|[\r\n]/).map((line) => `data: ${line}\n`);
  return `event: ${name}\n${id === null ? '' : `id: ${id}\n`}${lines.join('')}\n`;
}
