// The board by keyboard, by touch and by dragging. Whatever is done is the command that it stands for, and what Musher answers is
// shown where it was done.
import { fieldsOf, say } from './commands.js';
import { expectNote } from './answers.js';

const STAGES = ['backlog', 'current', 'qa', 'merge', 'done', 'archived'];
const PRIORITIES = ['high', 'normal', 'low'];
const NOTE_MS = 12_000;

export function startBoard() {
  if (document.getElementById('board') === null) return;
  document.addEventListener('keydown', onKey);
  document.addEventListener('click', onClick);
  document.addEventListener('dragstart', onDragStart);
  document.addEventListener('dragover', onDragOver);
  document.addEventListener('dragend', () => clear());
  document.addEventListener('drop', onDrop);
  document.addEventListener('musher:shown', () => place(document.querySelector('.note')));
  for (const field of document.querySelectorAll('.filters select')) field.addEventListener('change', () => field.form?.requestSubmit());
}

/** @param {EventTarget | Element | null} element @returns {HTMLElement | null} */
function tileOf(element) {
  return element instanceof Element ? element.closest('.tile') : null;
}

/** @param {HTMLElement} tile */
const movesOf = (tile) => (tile.dataset.moves ?? '').split(' ').filter((stage) => stage !== '');

/** @param {HTMLElement} tile @param {string} stage */
function move(tile, stage) {
  if (movesOf(tile).includes(stage)) void command(tile, `move ${tile.dataset.item} ${stage}`);
}

/** @param {HTMLElement} tile @param {string} priority */
function prioritise(tile, priority) {
  if (tile.dataset.prioritised === undefined || tile.dataset.priority === priority) return;
  void command(tile, `priority ${tile.dataset.item} ${priority}`);
}

/** @param {HTMLElement} tile @param {string} text @param {HTMLElement} at */
async function command(tile, text, at = tile) {
  tile.classList.add('busy');
  try {
    const where = at.id;
    expectNote((words) => note(where, words));
    await say(fieldsOf(text));
  } finally {
    tile.classList.remove('busy');
  }
}

/** What Musher answered, below where it was done. @param {string} id @param {string} words */
function note(id, words) {
  const at = document.getElementById(id) ?? document.getElementById('board');
  document.querySelector('.note')?.remove();
  const line = document.createElement('p');
  line.className = 'note';
  line.setAttribute('role', 'status');
  line.textContent = words;
  line.addEventListener('click', () => line.remove());
  line.dataset.at = at?.id ?? '';
  // Outside of what is fetched anew.
  document.body.append(line);
  place(line);
  setTimeout(() => line.remove(), NOTE_MS);
}

/** Puts a note below what it is about, wherever that has gone. @param {HTMLElement | null} line */
function place(line) {
  const box = document.getElementById(line?.dataset.at ?? '')?.getBoundingClientRect();
  if (line === null || box === undefined) return;
  line.style.setProperty('top', `${Math.min(window.innerHeight - 160, Math.max(56, box.bottom + 4))}px`);
  line.style.setProperty('left', `${Math.max(8, Math.min(window.innerWidth - 328, box.left))}px`);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const tile = tileOf(event.target);
  if (tile === null || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('dialog') !== null) return;
  const stage = STAGES.indexOf(tile.dataset.stage ?? '');
  const priority = PRIORITIES.indexOf(tile.dataset.priority ?? 'normal');
  const does = {
    ']': () => move(tile, STAGES.slice(stage + 1).find((one) => movesOf(tile).includes(one)) ?? ''),
    '[': () => move(tile, STAGES.slice(0, stage).findLast((one) => movesOf(tile).includes(one)) ?? ''),
    '+': () => prioritise(tile, PRIORITIES[Math.max(0, priority - 1)]),
    '-': () => prioritise(tile, PRIORITIES[Math.min(2, priority + 1)]),
    m: () => openMenu(tile),
    h: () => across(tile, -1),
    l: () => across(tile, 1),
  }[event.key];
  if (does === undefined) return;
  event.preventDefault();
  does();
}

/** To the first item of the nearest stage on that side that has any. @param {HTMLElement} tile @param {1 | -1} by */
function across(tile, by) {
  const columns = [...document.querySelectorAll('#board .column')];
  for (let at = columns.indexOf(tile.closest('.column')) + by; at >= 0 && at < columns.length; at += by) {
    const next = columns[at]?.querySelector('[data-row]');
    if (!(next instanceof HTMLElement)) continue;
    next.focus();
    columns[at]?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
    return;
  }
}

/** @param {MouseEvent} event */
function onClick({ target }) {
  if (!(target instanceof Element)) return;
  const tile = tileOf(target);
  if (tile !== null && target.closest('.tile-menu') !== null) openMenu(tile);
}

/** @param {HTMLElement} tile */
function openMenu(tile) {
  const menu = document.getElementById('act');
  if (!(menu instanceof HTMLDialogElement) || menu.open) return;
  const title = menu.querySelector('h2');
  if (title !== null) title.textContent = tile.querySelector('.item')?.textContent ?? '';
  /** @param {string} id @param {string[]} values @param {(value: string) => string} label @param {(value: string) => void} act */
  const fill = (id, values, label, act) => {
    document.getElementById(id)?.replaceChildren(
      ...values.map((value) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = label(value);
        button.addEventListener('click', () => {
          menu.close();
          act(value);
        });
        return button;
      }),
    );
  };
  fill(
    'act-moves',
    movesOf(tile),
    (stage) => `→ ${stage}`,
    (stage) => move(tile, stage),
  );
  const others = tile.dataset.prioritised === undefined ? [] : PRIORITIES.filter((one) => one !== tile.dataset.priority);
  fill(
    'act-priorities',
    others,
    (priority) => `${priority} priority`,
    (priority) => prioritise(tile, priority),
  );
  menu.showModal();
}

/** @type {HTMLElement | null} */
let dragged = null;

/** @param {DragEvent} event */
function onDragStart(event) {
  const tile = tileOf(event.target);
  if (tile === null || !tile.draggable) return;
  dragged = tile;
  event.dataTransfer?.setData('text/plain', tile.dataset.item ?? '');
  if (event.dataTransfer !== null) event.dataTransfer.effectAllowed = 'move';
  for (const column of document.querySelectorAll('#board .column'))
    column.classList.toggle('refuses', column.dataset.stage !== tile.dataset.stage && !movesOf(tile).includes(column.dataset.stage ?? ''));
  document.getElementById('board')?.classList.add('dragging');
}

/** What a drop here stands for; null: nothing. @param {EventTarget | null} target */
function dropOf(target) {
  const column = target instanceof Element ? target.closest('.column') : null;
  if (dragged === null || !(column instanceof HTMLElement)) return null;
  const stage = column.dataset.stage ?? '';
  // Where it can't go, Musher says why not.
  if (stage !== dragged.dataset.stage) return { column, text: `move ${dragged.dataset.item} ${stage}` };
  const over = tileOf(target);
  const priority =
    over === null ? (target instanceof Element && target.closest('h2') !== null ? 'high' : null) : (over.dataset.priority ?? 'normal');
  if (priority === null || over === dragged || dragged.dataset.prioritised === undefined || priority === dragged.dataset.priority)
    return null;
  return { column, text: `priority ${dragged.dataset.item} ${priority}` };
}

/** @param {DragEvent} event */
function onDragOver(event) {
  const drop = dropOf(event.target);
  for (const column of document.querySelectorAll('#board .over')) if (column !== drop?.column) column.classList.remove('over');
  if (drop === null) return;
  event.preventDefault();
  drop.column.classList.add('over');
}

/** @param {DragEvent} event */
function onDrop(event) {
  const drop = dropOf(event.target);
  const tile = dragged;
  clear();
  if (drop === null || tile === null) return;
  event.preventDefault();
  void command(tile, drop.text, drop.column.querySelector('h2') ?? drop.column);
}

function clear() {
  dragged = null;
  document.getElementById('board')?.classList.remove('dragging');
  for (const column of document.querySelectorAll('#board .column')) column.classList.remove('over', 'refuses');
}
