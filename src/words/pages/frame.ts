/** Texts of the document around each page; scripts read them from it. */
export const FRAME_WORDS = {
  offline: 'Offline. The page updates once the network is back.',
  reconnecting: 'Reconnecting to Musher…',
  ended: 'This session has ended. Type web in a room for a new link.',
  notSent: 'Not sent: Musher did not answer. Your text is kept; try again.',
  entry: 'This link opens the page in this browser. It works once.',
  barHint: 'Type a command, such as status',
  answersEmpty: 'Answers to your commands appear here.',
  notifyAsk: 'Notify me when something needs me',
  notifyOn: 'Notifications are on in this browser',
  notifyOff: 'Notifications are blocked in this browser’s settings',
} as const;

/** What each key does, for the list of keys. */
export const KEY_WORDS: readonly (readonly [keys: string, does: string])[] = [
  ['/', 'command bar (also Ctrl-K)'],
  ['j  k', 'next or previous item'],
  ['Enter', 'open the item'],
  ['h  l', 'on the board: stage to the left or right'],
  ['[  ]', 'on the board: move the item a stage back or on'],
  ['+  -', 'on the board: raise or lower the priority'],
  ['m', 'on the board: all that can be done with the item'],
  ['Ctrl-Enter', 'send the text that is being typed'],
  ['a', 'show or hide answers'],
  ['?', 'this list'],
  ['Esc', 'close what is open'],
];
