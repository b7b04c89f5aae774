// Sends forms without leaving the page. What comes of it is an answer, and what it changes comes by the stream.
import { dropDrafts } from './drafts.js';
import { toast } from './toast.js';

/** What is on its way, or was and got no answer. @type {WeakMap<HTMLFormElement, { said: string, id: string }>} */
const sendings = new WeakMap();

export function startCommands() {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.classList.contains('do')) return;
    event.preventDefault();
    void send(form, event.submitter);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target instanceof HTMLTextAreaElement)
      event.target.form?.requestSubmit();
  });
  document.addEventListener('click', ({ target }) => {
    const typed = target instanceof Element ? target.closest('[data-type]') : null;
    const field = document.getElementById('command');
    if (typed === null || !(field instanceof HTMLInputElement)) return;
    // A place to fill in is left out: `reject 3 <reason>`.
    field.value = (typed.getAttribute('data-type') ?? '').replace(/ ?<[^>]*>.*$/, ' ').trimStart();
    field.focus();
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

/**
 * Sends a form of a command. Resolves to whether it was taken.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button that was pressed: where a form has several, it names the command
 */
export async function send(form, button = null) {
  if (form.classList.contains('busy')) return false;
  form.classList.add('busy');
  try {
    const fields = new URLSearchParams(/** @type {any} */ (new FormData(form, button)));
    // Sent again after a broken connection it is the same command, which Musher takes once.
    const said = fields.toString();
    const sending = sendings.get(form)?.said === said ? sendings.get(form) : { said, id: newId() };
    sendings.set(form, sending);
    fields.set('id', sending.id);
    const taken = await say(fields);
    if (taken) {
      sendings.delete(form);
      dropDrafts(form);
      form.reset();
      const around = form.closest('details');
      if (around !== null) around.open = false;
      form.dispatchEvent(new CustomEvent('musher:sent', { bubbles: true }));
    }
    return taken;
  } finally {
    form.classList.remove('busy');
  }
}

/**
 * Says a command as if it were typed. Resolves to whether it was taken.
 * @param {URLSearchParams} fields
 */
export async function say(fields) {
  const bar = document.getElementById('bar');
  try {
    const answer = await fetch('/do', { method: 'POST', body: fields, headers: { 'HX-Request': 'true' } });
    if (answer.ok || answer.redirected) return true;
    toast(new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('h1 + p')?.textContent ?? String(answer.status));
  } catch {
    toast(bar?.dataset.notSent ?? '');
  }
  return false;
}

/** A name for one sending. */
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The fields of a command that a script says. @param {string} command */
export function fieldsOf(command) {
  const csrf = document.querySelector('#bar [name=csrf]');
  return new URLSearchParams({ csrf: csrf instanceof HTMLInputElement ? csrf.value : '', command, id: newId() });
}
