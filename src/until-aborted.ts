/**
 * Resolves when the signal aborts, at once where it has. For a race against work that may hang: the listener stays until
 * then, so give it a signal that ends with that work, not one that lives as long as Musher.
 */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
