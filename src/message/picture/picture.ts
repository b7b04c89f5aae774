import type { PatchFile } from './patch.ts';

/**
 * What a picture shows, as plain data with its words in it. A document holds this and not the picture: it is small, it is
 * redacted and purged as all text is, and the same data always gives the same picture, so that a message which is sent again after
 * a crash needs nothing that was kept beside it.
 */
export type Picture =
  | BoardPicture
  | GraphPicture
  | CostPicture
  | DiffPicture
  | DigestPicture
  | CardPicture
  /** A QR code: a row is a string of `0` and `1`. */
  | { readonly of: 'code'; readonly title: string; readonly rows: readonly string[] };

/** What an item's state asks of people; each has a colour and a symbol. */
export type Tone = 'needs' | 'blocked' | 'running' | 'waiting' | 'merged' | 'idle';

/** An item in a list: what it is, and below it how it stands. */
export interface PictureRow {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
}

/** Rows under a heading; `more` says how many were left out. */
export interface PictureSection {
  readonly title: string;
  readonly rows: readonly PictureRow[];
  readonly more: string | null;
}

export interface BoardPicture {
  readonly of: 'board';
  readonly title: string;
  /** Slots and cost. */
  readonly note: string;
  readonly stages: readonly { readonly name: string; readonly count: number }[];
  /** Where there is nothing to list, or what holds everything up. */
  readonly remark: string | null;
  readonly sections: readonly PictureSection[];
}

export interface GraphPicture {
  readonly of: 'graph';
  readonly title: string;
  readonly note: string;
  readonly nodes: readonly GraphNode[];
  /** What depends on what: `[1, 2]`, item 2 waits for item 1. Edges that others imply are not drawn. */
  readonly edges: readonly (readonly [from: number, to: number])[];
}

export interface GraphNode extends PictureRow {
  readonly number: number;
}

/** A bar: how long it is, in any one unit, and the amount in words. */
export interface PictureBar {
  readonly label: string;
  readonly amount: number;
  readonly words: string;
}

export interface CostPicture {
  readonly of: 'cost';
  readonly title: string;
  readonly note: string;
  /** The oldest first. */
  readonly days: readonly PictureBar[];
  readonly groups: readonly { readonly title: string; readonly bars: readonly PictureBar[]; readonly more: string | null }[];
  readonly budgets: readonly (PictureBar & { readonly limit: number })[];
}

export interface DiffPicture {
  readonly of: 'diff';
  readonly title: string;
  readonly note: string;
  readonly files: readonly PatchFile[];
  readonly moreFiles: string | null;
  /** Git's patch from its beginning, as one text: a secret of several lines is known only as a whole. */
  readonly patch: string;
  readonly moreLines: string | null;
}

export interface DigestPicture {
  readonly of: 'digest';
  readonly title: string;
  readonly note: string;
  readonly facts: readonly { readonly tone: Tone; readonly value: string; readonly label: string }[];
  readonly sections: readonly PictureSection[];
}

export interface CardPicture {
  readonly of: 'card';
  readonly title: string;
  readonly tone: Tone;
  readonly state: string;
  /** The stages in order; `at`: the present one. */
  readonly stages: readonly string[];
  readonly at: number;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** A picture as networks take it: PNG, with its size in pixels. */
export interface DrawnPicture {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
}

/** Draws a picture; null where it can't be drawn, and then the text beside it has to do. Never rejects. */
export type DrawPicture = (picture: Picture) => Promise<DrawnPicture | null>;
