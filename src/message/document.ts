import type { Picture } from './picture/picture.ts';

/**
 * The body of a message as a small tree. Every transport renders it in its own way. Text from people, agents
 * and git enters only as text nodes; a renderer escapes at the leaf, so no text can become markup or a mention.
 */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'strong'; readonly text: string }
  | { readonly kind: 'emphasis'; readonly text: string }
  /** Literal text: a branch, a SHA, a path. */
  | { readonly kind: 'code'; readonly text: string }
  /** A command of Musher as a value, without prefix or mention: `start 1`. Each network writes it as it is typed in that room. */
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'link'; readonly url: string; readonly text: string }
  /** A person or bot of the network the message goes to, by stable id; `name` is shown if it can't be linked. */
  | { readonly kind: 'mention'; readonly id: string; readonly name: string }
  /** A moment in ms since 1970. Networks that show times in each reader's zone do so; `text`, in the configured zone, is for the others. */
  | { readonly kind: 'time'; readonly at: number; readonly text: string; readonly show: 'time' | 'day and time' };

export type Block =
  | { readonly kind: 'paragraph'; readonly content: readonly Inline[] }
  | { readonly kind: 'heading'; readonly content: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'table'; readonly columns: readonly Column[]; readonly rows: readonly (readonly (readonly Inline[])[])[] }
  | { readonly kind: 'code'; readonly language: string | null; readonly text: string }
  | { readonly kind: 'fields'; readonly fields: readonly { readonly name: string; readonly value: readonly Inline[] }[] }
  | { readonly kind: 'quote'; readonly text: string }
  | { readonly kind: 'progress'; readonly label: string; readonly done: number; readonly of: number }
  /** Buttons if the network has them, otherwise what to type. */
  | { readonly kind: 'actions'; readonly actions: readonly Action[] }
  /**
   * A picture beside the text, which says the same: a network that shows none, or can't take this one, leaves it out. `alternative`:
   * for who does not see it.
   */
  | { readonly kind: 'image'; readonly picture: Picture; readonly alternative: string };

/** A picture in a document. */
export type ImageBlock = Extract<Block, { kind: 'image' }>;

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

export interface Action {
  readonly label: string;
  /** The command that pressing it runs, e.g. `approve 42`. */
  readonly command: string;
  /** What a person types instead, if that is shorter: `yes`. */
  readonly typed?: string;
  readonly style: 'plain' | 'primary' | 'danger';
  /** The command lacks its text: whoever presses is asked for it, where the network has fields. `typed` then says where the text goes. */
  readonly asks?: Field;
}

/** A field that a person fills in before a command runs. */
export interface Field {
  /** At most 24 UTF-16 units. */
  readonly title: string;
  /** At most 45. */
  readonly label: string;
}

export interface Document {
  readonly blocks: readonly Block[];
}
