import type { NotifyKind, NotifyStyle } from '../config/settings.ts';

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
  /** Minutes after midnight. */
  readonly quietHours: { readonly from: number; readonly to: number } | null;
  /** Where that comes from: the configuration, or a word from chat. */
  readonly saidBy: 'file' | 'chat';
  /** What chat said alone. */
  readonly said: { readonly notify: readonly NotifyKind[] | null; readonly style: NotifyStyle | null };
}
