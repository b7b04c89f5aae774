// Keeps what is on the page as the log says: elements name in `data-live` what they show, and are fetched anew and put in place
// when that changes. What has the focus, what is open and what is typed stays.
import { addAnswer } from './answers.js';
import { restoreDrafts } from './drafts.js';
import htmx from './htmx.js';
import { followStream } from './stream.js';
import { countNeeds } from './title.js';

/** Between two fetches of an element: at most four a second. */
const PACE_MS = 250;

// A person has opened it, and the server does not know that.
htmx.registerExtension('opened', {
  htmx_before_morph_attr: (element, detail) =>
    !(element.tagName === 'DETAILS' && detail.attrName === 'open') && !(detail.attrName === 'aria-expanded'),
});

/** When each element was fetched last, and whether it is to be fetched again. @type {Map<string, { at: number, due: boolean, busy: boolean }>} */
const fetches = new Map();
/** Topics that changed while nobody saw the page. @type {Set<string>} */
const unseen = new Set();

export function startLive() {
  const head = Number(document.documentElement.dataset.head);
  if (!Number.isFinite(head)) return;
  followStream(head, (told) => {
    if (told.type === 'change') changed(told.topics);
    else if (told.type === 'answer') addAnswer(told.html);
    else if (told.type === 'state') showState(told.state);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || unseen.size === 0) return;
    const topics = [...unseen];
    unseen.clear();
    changed(topics);
  });
}

/** @param {string[]} topics */
function changed(topics) {
  for (const element of document.querySelectorAll('[data-live]')) {
    if (element.id === '') continue;
    const own = (element.dataset.live ?? '').split(' ');
    if (!topics.includes('*') && !own.some((topic) => topics.includes(topic))) continue;
    // The number in the title counts also where nobody looks at the page.
    if (document.hidden && element.id !== 'needs-count') own.forEach((topic) => unseen.add(topic));
    else refetch(element.id);
  }
}

/** @param {string} id */
export function refetch(id) {
  const state = fetches.get(id) ?? { at: 0, due: false, busy: false };
  fetches.set(id, state);
  if (state.due) return;
  state.due = true;
  if (state.busy) return;
  setTimeout(() => void fetchPart(id, state), Math.max(0, state.at + PACE_MS - Date.now()));
}

async function fetchPart(id, state) {
  state.due = false;
  state.busy = true;
  state.at = Date.now();
  try {
    // A piece of another page that was opened here says which one.
    const url = new URL(document.getElementById(id)?.dataset.url ?? location.href, location.href);
    url.searchParams.set('part', id);
    url.hash = '';
    const answer = await fetch(url, { headers: { 'HX-Request': 'true' }, cache: 'no-cache' });
    const element = document.getElementById(id);
    if (element === null) return;
    // What was shown is no longer there, or not for this person.
    if (answer.status === 404) return location.reload();
    if (answer.status === 401) return showState('ended');
    if (!answer.ok) return;
    const text = await answer.text();
    await htmx.swap({ text, target: element, swap: 'outerMorph' });
    restoreDrafts();
    countNeeds();
    document.dispatchEvent(new CustomEvent('musher:shown', { detail: { id } }));
  } catch {
    // Without a network the stream says so, and everything is fetched when it is back.
  } finally {
    state.busy = false;
    if (state.due) {
      state.due = false;
      refetch(id);
    }
  }
}

/** @param {import('./stream.js').State} state */
function showState(state) {
  const line = document.getElementById('connection');
  if (line === null) return;
  const words = state === 'live' ? '' : (line.dataset[state] ?? '');
  if (line.textContent !== words) line.textContent = words;
  document.documentElement.classList.toggle('cut-off', state !== 'live');
}
