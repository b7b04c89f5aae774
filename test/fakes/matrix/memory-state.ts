import type { StateStore } from '../../../transports/matrix/state.ts';

/** A store that lives as long as a test, over as many starts as it likes. */
export function memoryState(values = new Map<string, string>()): StateStore {
  return { get: (key) => values.get(key) ?? null, set: (key, value) => void values.set(key, value) };
}
