// What an item's pages do beyond links and forms: pieces that are fetched when they are opened, comments below their line, and
// transcripts that continue.
import { restoreDrafts } from './drafts.js';

/** Between two looks for what an agent has said since. */
const PACE_MS = 1_500;
/** This near to the end of the page, it stays at the end. */
const NEAR_PX = 200;

export function startItem() {
  document.addEventListener('toggle', ({ target }) => void opened(target), true);
  document.addEventListener('click', (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a[data-load], a[data-comment], a[data-closes]') : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    if (link.dataset.closes !== undefined) close(link.dataset.closes);
    else if (link.dataset.load === undefined) void comment(link);
    else void load(link.href, link.dataset.load);
  });
  document.addEventListener('musher:sent', ({ target }) => sent(target));
  document.addEventListener('keydown', ({ key, target }) => {
    const row = key === 'Escape' && target instanceof Element ? target.closest('.comment-row') : null;
    if (row === null) return;
    const line = row.previousElementSibling?.querySelector('a[data-comment]');
    row.remove();
    if (line instanceof HTMLElement) line.focus();
  });
  if (document.getElementById('tail') !== null) setTimeout(() => void follow(), PACE_MS);
}

/** @param {string} href @param {string} part */
async function fetched(href, part) {
  const url = new URL(href, location.href);
  url.hash = '';
  url.searchParams.set('part', part);
  const answer = await fetch(url, { headers: { 'HX-Request': 'true' }, cache: 'no-cache' });
  if (!answer.ok) return null;
  const template = document.createElement('template');
  template.innerHTML = await answer.text();
  return template.content;
}

/** Puts an element of another page in the place of the one with the same id. @param {string} href @param {string} part */
async function load(href, part) {
  const found = await fetched(href, part).catch(() => null);
  const place = document.getElementById(part);
  // Without a network, or without such a piece any more, its own page says more.
  if (found === null || place === null) return location.assign(href);
  place.replaceWith(found);
  restoreDrafts();
  const field = document.getElementById(part)?.querySelector('textarea');
  if (field instanceof HTMLTextAreaElement) field.focus();
}

/** @param {EventTarget | null} target */
async function opened(target) {
  if (!(target instanceof HTMLDetailsElement) || !target.open) return;
  const { loads, part } = target.dataset;
  if (loads === undefined || part === undefined) return;
  delete target.dataset.loads;
  await load(loads, part);
}

/** @param {string} id */
function close(id) {
  document.getElementById(id)?.replaceChildren();
}

/** A form that was opened in its place goes when it was sent; on its own page it leads back. @param {EventTarget | null} form */
function sent(form) {
  if (!(form instanceof HTMLFormElement)) return;
  form.closest('.comment-row')?.remove();
  if (!form.classList.contains('edit-form')) return;
  const back = form.querySelector('a[data-closes]');
  if (document.getElementById('item-head') === null && back instanceof HTMLAnchorElement) location.assign(back.href);
  else form.closest('.edit-place')?.replaceChildren();
}

/** Opens the form for a comment below its line. @param {HTMLAnchorElement} link */
async function comment(link) {
  const line = link.closest('tr');
  document.querySelectorAll('.comment-row').forEach((row) => row.remove());
  const found = await fetched(link.href, 'comment').catch(() => null);
  if (line === null || found === null) return location.assign(link.href);
  const row = document.createElement('tr');
  row.className = 'comment-row';
  const cell = row.insertCell();
  cell.colSpan = 4;
  cell.append(found);
  line.after(row);
  restoreDrafts();
  const field = row.querySelector('textarea');
  if (field === null) return;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

/** Adds what an agent has said since, while its run continues, and stays at the end where the reader is there. */
async function follow() {
  const tail = document.getElementById('tail');
  if (tail === null || tail.dataset.goesOn === undefined) return;
  if (!document.hidden) {
    const found = await fetched(`${location.pathname}?after=${tail.dataset.after}`, 'tail').catch(() => null);
    const now = document.getElementById('tail');
    const next = found?.querySelector('#tail');
    if (now !== null && next !== null && next !== undefined) {
      const isNear = document.documentElement.scrollHeight - window.scrollY - window.innerHeight < NEAR_PX;
      const list = document.querySelector('#transcript > .transcript');
      const entries = next.querySelectorAll('.transcript > li');
      list?.append(...entries);
      next.querySelector('.transcript')?.remove();
      now.replaceWith(next);
      const box = document.querySelector('[data-follow]');
      if (entries.length > 0 && isNear && box instanceof HTMLInputElement && box.checked)
        window.scrollTo(0, document.documentElement.scrollHeight);
    }
  }
  setTimeout(() => void follow(), PACE_MS);
}
