/** Texts of the board. */
export const BOARD_WORDS = {
  empty: 'No items.',
  more: 'Show more',
  act: (label: string): string => `Move or prioritise ${label}`,
} as const;
