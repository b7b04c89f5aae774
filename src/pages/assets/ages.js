// Keeps right for how long things have been so: `data-at` says since when, by Musher's clock.

const EVERY_MS = 10_000;

export function startAges() {
  const shown = Number(document.documentElement.dataset.now);
  if (!Number.isFinite(shown)) return;
  // This machine's clock may be off; the page was made by Musher's a moment ago.
  const ahead = Date.now() - shown;
  setInterval(() => {
    for (const age of document.querySelectorAll('[data-at]')) {
      const words = duration(Date.now() - ahead - Number(age.getAttribute('data-at')));
      if (age.textContent !== words) age.textContent = words;
    }
  }, EVERY_MS);
}

/** As `duration` in src/words/time.ts says it, without parts of seconds. @param {number} ms */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 24 * 60) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.floor(minutes / 60);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function two(large, largeUnit, small, smallUnit) {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
