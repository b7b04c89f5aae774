// The drawer of answers. It opens by itself for an answer to what was just asked here; others are counted.
import htmx from './htmx.js';
import { toast } from './toast.js';

/** An answer that comes within this time after a command is to that command. */
const SOON_MS = 20_000;
const MOST = 200;
/** UTF-16 units of an answer that is shown for a moment, in place of the drawer. */
const SHORT = 280;

let askedAt = 0;
let unread = 0;

const drawer = () => document.getElementById('answers');
const list = () => document.getElementById('answer-list');

export async function startAnswers() {
  document.addEventListener('submit', ({ target }) => {
    if (target instanceof HTMLFormElement && target.classList.contains('do')) askedAt = Date.now();
  });
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-toggle=answers], [data-close=answers]') : null;
    if (button === null) return;
    if (drawer()?.hidden && button.matches('[data-toggle]')) openAnswers();
    else closeAnswers();
  });
  try {
    const answer = await fetch('/answers', { headers: { 'HX-Request': 'true' } });
    if (answer.ok) await htmx.swap({ text: await answer.text(), target: list(), swap: 'innerHTML' });
  } catch {
    // They come with the stream.
  }
}

/** @type {((words: string) => void) | null} */
let waiting = null;

/** Calls back with the words of the next new answer, in place of opening the drawer. @param {(words: string) => void} show */
export function expectNote(show) {
  askedAt = Date.now();
  waiting = show;
}

/**
 * Shows an answer: anew, or in place of what it was before.
 * @param {string} html one or more `<li id="answer-…">`
 */
export function addAnswer(html) {
  const into = list();
  if (into === null) return;
  const made = new DOMParser().parseFromString(`<ol>${html}</ol>`, 'text/html');
  for (const item of made.querySelectorAll('li.answer')) {
    const known = document.getElementById(item.id);
    if (known !== null) {
      htmx.swap({ text: item.outerHTML, target: known, swap: 'outerMorph' });
      continue;
    }
    into.append(document.adoptNode(item));
    const isSoon = Date.now() - askedAt < SOON_MS;
    const words = [...item.querySelectorAll('p, li')].map((one) => one.textContent?.trim() ?? '').join(' ');
    // A question needs its buttons, which are in the drawer.
    const isShort = words.length <= SHORT && item.querySelector('form, table, pre, ul, dl') === null;
    if (isSoon && isShort && waiting !== null) waiting(words);
    else if (isSoon && isShort && drawer()?.hidden) toast(words, 'said');
    else if (isSoon) openAnswers();
    else if (drawer()?.hidden) count(unread + 1);
    if (isSoon) waiting = null;
  }
  while (into.children.length > MOST) into.firstElementChild?.remove();
  toEnd();
}

export function openAnswers() {
  const shown = drawer();
  if (shown === null) return;
  shown.hidden = false;
  expanded(true);
  count(0);
  toEnd();
}

export function closeAnswers() {
  const shown = drawer();
  if (shown === null) return;
  shown.hidden = true;
  expanded(false);
}

export function isOpen() {
  return drawer()?.hidden === false;
}

function expanded(is) {
  document.querySelector('[data-toggle=answers]')?.setAttribute('aria-expanded', String(is));
}

/** @param {number} to */
function count(to) {
  unread = to;
  const shown = document.getElementById('unread');
  if (shown !== null) shown.textContent = to === 0 ? '' : String(to);
}

function toEnd() {
  const shown = drawer();
  if (shown !== null) shown.scrollTop = shown.scrollHeight;
}
