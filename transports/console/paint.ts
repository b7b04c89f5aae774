import type { Paint } from '../../src/message/plain.ts';

/** Codes of ECMA-48 that switch a look on and off. */
const CODES = { strong: [1, 22], emphasis: [3, 23], code: [36, 39], faint: [2, 22] } as const;

/** Colours for a terminal. Everything reads the same without them. */
export const terminalPaint: Paint = (text, look) =>
  look === 'plain' || text.trim() === '' ? text : `\u001b[${CODES[look][0]}m${text}\u001b[${CODES[look][1]}m`;
