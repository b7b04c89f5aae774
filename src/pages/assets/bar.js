// The command bar: completion as in the terminal, and what was typed before by the arrow keys.

const HISTORY = 'musher:history';
const MOST = 100;
const PACE_MS = 80;

/** @type {HTMLInputElement} */
let field;
/** @type {HTMLElement} */
let options;
let at = -1;
let chosen = -1;
let asked = 0;

export function startBar() {
  const input = document.getElementById('command');
  const list = document.getElementById('completions');
  if (!(input instanceof HTMLInputElement) || list === null) return;
  field = input;
  options = list;
  let timer = 0;
  field.addEventListener('input', () => {
    clearTimeout(timer);
    at = -1;
    timer = setTimeout(() => void complete(), PACE_MS);
  });
  field.addEventListener('keydown', onKey);
  field.addEventListener('blur', () => setTimeout(hide, 150));
  field.form?.addEventListener('submit', () => {
    remember(field.value.trim());
    hide();
  });
  options.addEventListener('pointerdown', (event) => {
    const option = event.target instanceof Element ? event.target.closest('[data-line]') : null;
    if (option === null) return;
    event.preventDefault();
    take(option);
  });
}

export function focusBar() {
  field?.focus();
  field?.select();
}

async function complete() {
  const text = field.value;
  const number = ++asked;
  if (text.trim() === '') return hide();
  try {
    const answer = await fetch(`/complete?text=${encodeURIComponent(text)}`, { headers: { 'HX-Request': 'true' } });
    if (!answer.ok || number !== asked || document.activeElement !== field) return;
    const made = new DOMParser().parseFromString(`<ul>${await answer.text()}</ul>`, 'text/html').querySelectorAll('li');
    const shown = [...made].filter((option) => option.dataset.line?.trimEnd() !== text.trimEnd());
    options.replaceChildren(...shown.map((option) => document.adoptNode(option)));
    chosen = -1;
    show(shown.length > 0);
  } catch {
    hide();
  }
}

function show(is) {
  options.hidden = !is;
  field.setAttribute('aria-expanded', String(is));
  if (!is) field.removeAttribute('aria-activedescendant');
}

function hide() {
  asked++;
  show(false);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const open = !options.hidden;
  if (event.key === 'Escape') return open ? (event.stopPropagation(), hide()) : field.blur();
  if (open && event.key === 'Tab' && !event.shiftKey) {
    event.preventDefault();
    return take(options.children[Math.max(0, chosen)]);
  }
  if (open && event.key === 'Enter' && chosen >= 0) {
    event.preventDefault();
    return take(options.children[chosen]);
  }
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
  event.preventDefault();
  const step = event.key === 'ArrowDown' ? 1 : -1;
  if (open && at < 0) choose(chosen + step);
  else back(-step);
}

/** @param {number} to */
function choose(to) {
  const all = [...options.children];
  chosen = (to + all.length) % all.length;
  all.forEach((option, index) => option.setAttribute('aria-selected', String(index === chosen)));
  const option = all[chosen];
  option?.scrollIntoView({ block: 'nearest' });
  if (option) field.setAttribute('aria-activedescendant', option.id);
}

/** @param {Element | undefined} option */
function take(option) {
  const line = option?.getAttribute('data-line');
  if (!line) return;
  field.value = `${line} `;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  field.focus();
}

/** @returns {string[]} */
function known() {
  try {
    const kept = JSON.parse(localStorage.getItem(HISTORY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((line) => typeof line === 'string') : [];
  } catch {
    return [];
  }
}

/** @param {string} line */
function remember(line) {
  if (line === '') return;
  try {
    localStorage.setItem(HISTORY, JSON.stringify([line, ...known().filter((one) => one !== line)].slice(0, MOST)));
  } catch {
    // No room, or not allowed: then there is no history.
  }
}

/** Goes through what was typed before: 1 is further back. @param {number} step */
function back(step) {
  const all = known();
  const to = Math.min(all.length - 1, at + step);
  if (to < -1 || all.length === 0) return;
  at = to;
  field.value = at < 0 ? '' : (all[at] ?? '');
  hide();
}
