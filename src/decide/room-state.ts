import type { NotifyKind, NotifyStyle } from '../config/choices.ts';

/** A room as `rooms` shows it. */
export interface RoomState {
  readonly transport: string;
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** Null: all. */
  readonly project: string | null;
  readonly notify: readonly NotifyKind[];
  readonly style: NotifyStyle;
  readonly hasThreads: boolean;
  readonly hasEdits: boolean;
  /** Minutes after midnight. */
  readonly quietHours: { readonly from: number; readonly to: number } | null;
  /** Where that was set: the configuration, or chat. */
  readonly saidBy: 'file' | 'chat';
  /** What was set from chat. */
  readonly said: { readonly notify: readonly NotifyKind[] | null; readonly style: NotifyStyle | null };
}
