/** A time of day: minutes after midnight. */
const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** Reads `22:00-07:00`; null if it is not two different times. The span may go over midnight. */
export function parseQuietHours(text: string): { from: number; to: number } | null {
  const [from, to, ...more] = text.split('-').map((part) => parseTimeOfDay(part.trim()));
  if (from === undefined || to === undefined || from === null || to === null || from === to || more.length > 0) return null;
  return { from, to };
}

/** In place of a time: when the room's quiet hours end. */
export const AFTER_QUIET_HOURS = 'after quiet hours';

/** Reads `18:00` as minutes after midnight; null if it is no time of day. */
export function parseTimeOfDay(text: string): number | null {
  const [, hour, minute] = TIME.exec(text) ?? [];
  return hour === undefined || minute === undefined ? null : Number(hour) * 60 + Number(minute);
}
