/** What one picture may take. Text is beside each, so beyond any of these there is simply no picture. */
export const PICTURE_LIMITS = {
  /** Pixels on each side. */
  side: 2_000,
  /** Pixels for each CSS px, where that stays within the side: sharp on phones, and when somebody opens it. */
  scale: 2.5,
  /** Milliseconds until the process is there, and from the request to the picture. A quiet machine needs a tenth of either. */
  startMs: 15_000,
  timeMs: 5_000,
  /** MiB of the process' own heap, and of the memory of the program that draws in it. */
  heapMiB: 128,
  drawingMiB: 256,
  /** Bytes of the picture. */
  bytes: 4 * 1024 * 1024,
  /** Bytes of what is to be drawn, as JSON. */
  facts: 256 * 1024,
  /** Requests that wait for the one before. */
  waiting: 32,
  /** The process ends when nothing was asked of it for so long. */
  idleMs: 30_000,
} as const;
