import type { Address, Sender } from '../src/message/address.ts';
import type { Document } from '../src/message/document.ts';

/**
 * What the web network shows besides messages: pages that are read from the log. Musher's composition gives them, so that
 * the network itself knows nothing of items, as no network does.
 */
export interface Views {
  /**
   * A page for a viewer; null: there is none at this path, or not for them: nobody learns which. Must change nothing.
   * Throws only for bugs.
   */
  page(request: PageRequest, viewer: Viewer): Promise<Page | null>;
  /** The page that says why there is none: what a visitor without a session sees, or a viewer of a path that leads nowhere. Says nothing of the Musher behind it. */
  problem(status: 400 | 401 | 403 | 404 | 413 | 429 | 500 | 503, viewer: Viewer | null): string;
  /** The page of a link that was not used yet: one button, in a form that posts to `action`. Says nothing of the Musher behind it, nor whether the link is good. */
  entry(action: string): string;
  /** A file that pages name by `/assets/NAME`; null: none. Names carry a digest of the content, so they may be kept for ever. */
  asset(name: string): Asset | null;
  /**
   * What a session was answered, as list items with the ids `answer-ID`, the oldest first: what `GET /answers` gives, and what
   * the stream sends as event `answer` when one is new or was edited. Buttons are only those that this viewer may press.
   */
  answers(shown: readonly Answer[], viewer: Viewer): string;
  /** The number of the newest event. */
  head(): number;
  /** Calls back after each commit with what changed since the last call, until the returned function is called. */
  follow(onChange: (change: Change) => void): () => void;
  /** What changed after an event up to now; null: so much that everything is to be read anew. */
  since(event: number): Change | null;
}

/** Who looks, and from where: rights are looked up by it at each request, never kept. */
export interface Viewer {
  /** Where commands of this viewer come from: the web network, with the session's id as the room. */
  readonly at: Address;
  readonly sender: Sender;
  /** Has to come with each POST of this session. */
  readonly csrf: string;
}

export interface PageRequest {
  /** Decoded segments of the path: `/item/demo/3` is `['item', 'demo', '3']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** Id of the one element that is wanted anew; null: the whole page. */
  readonly part: string | null;
}

export interface Page {
  /** A whole document, or the element that was asked for. */
  readonly html: string;
  /** The same as long as the page would be the same for this viewer: for `etag`. Null: worked out from the html. */
  readonly version: string | null;
}

/** A message of Musher to a session. */
export interface Answer {
  readonly id: string;
  readonly at: number;
  readonly body: Document;
}

export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
}

/** What changed in the log, for pages that are open: the stream sends it as JSON, as event `change`. */
export interface Change {
  /** Number of the last event in it. */
  readonly event: number;
  /** What it touches: `project:demo`, `item:demo:3`, `agents`, `networks`; `*` is everything. Elements name theirs in `data-live`, apart by spaces. */
  readonly topics: readonly string[];
}
