// Everything by keyboard. Keys of one letter work where nothing is typed.
import { closeAnswers, isOpen, openAnswers } from './answers.js';
import { focusBar } from './bar.js';

/** Between `g` and the letter after it. */
const SECOND_KEY_MS = 1_500;

let goesUntil = 0;

export function startKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      return focusBar();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (Date.now() < goesUntil) {
      goesUntil = 0;
      const link = document.querySelector(`nav [data-key="${CSS.escape(event.key)}"]`);
      if (link instanceof HTMLAnchorElement) {
        event.preventDefault();
        return location.assign(link.href);
      }
    }
    const does = KEYS[event.key];
    if (does === undefined || does() === false) return;
    event.preventDefault();
  });
}

/** @type {Record<string, () => void | false>} */
const KEYS = {
  '/': () => focusBar(),
  '?': () => {
    const keys = document.getElementById('keys');
    if (keys instanceof HTMLDialogElement && !keys.open) keys.showModal();
  },
  g: () => void (goesUntil = Date.now() + SECOND_KEY_MS),
  a: () => (isOpen() ? closeAnswers() : openAnswers()),
  j: () => step(1),
  k: () => step(-1),
  Escape: () => {
    if (isOpen()) return closeAnswers();
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    return undefined;
  },
};

/** To the next or the previous item. @param {1 | -1} by */
function step(by) {
  const rows = [...document.querySelectorAll('main [data-row]')].filter((row) => row instanceof HTMLElement && row.offsetParent !== null);
  const here = rows.findIndex((row) => row === document.activeElement || row.closest('.row')?.contains(document.activeElement));
  const next = here < 0 ? (by > 0 ? rows[0] : rows.at(-1)) : rows[here + by];
  if (!(next instanceof HTMLElement)) return false;
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
  return undefined;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('dialog') !== null)
  );
}
