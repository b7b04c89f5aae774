// A line above the bar, for a while.

const SHOWN_MS = 10_000;

/**
 * @param {string} words
 * @param {'said' | 'failed'} kind
 */
export function toast(words, kind = 'failed') {
  document.querySelector('.toast')?.remove();
  const line = document.createElement('p');
  line.className = `toast ${kind}`;
  line.setAttribute('role', kind === 'failed' ? 'alert' : 'status');
  line.textContent = words;
  line.addEventListener('click', () => line.remove());
  document.body.append(line);
  setTimeout(() => line.remove(), SHOWN_MS);
}
