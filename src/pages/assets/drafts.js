// What somebody has typed and not sent is kept while the page is fetched anew, reloaded, or Musher restarts: in this tab alone.

const PREFIX = 'musher:draft:';

/** @param {Element | EventTarget | null} field */
function keyOf(field) {
  if (!(field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === 'text'))) return null;
  const name = field.dataset.draft ?? (field.form?.dataset.draft === undefined ? null : `${field.form.dataset.draft} ${field.name}`);
  return name === null ? null : PREFIX + name;
}

export function startDrafts() {
  document.addEventListener('input', ({ target }) => {
    const key = keyOf(target);
    if (key === null) return;
    try {
      if (target.value === '') sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, target.value);
    } catch {
      // No room, or not allowed: then there is no draft.
    }
  });
  restoreDrafts();
}

/** Puts drafts into fields that are empty or show what the server sent, and opens what they are in. */
export function restoreDrafts() {
  for (const field of document.querySelectorAll('textarea, input[type=text]')) {
    const key = keyOf(field);
    const kept = key === null ? null : sessionStorage.getItem(key);
    if (kept === null || field === document.activeElement || field.value === kept) continue;
    field.value = kept;
    const around = field.closest('details');
    if (around !== null) around.open = true;
  }
}

/** What was sent is no draft any more. @param {HTMLFormElement} form */
export function dropDrafts(form) {
  for (const field of form.elements) {
    const key = keyOf(field);
    if (key !== null) sessionStorage.removeItem(key);
  }
}
