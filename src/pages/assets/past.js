// Moving a slider shows what it stands for at once: the element that it names is fetched anew, and the address says the same.
import { refetch } from './live.js';

export function startSliders() {
  document.addEventListener('input', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.dataset.refetch === undefined) return;
    const url = new URL(location.href);
    url.searchParams.set(target.name, target.value);
    history.replaceState(history.state, '', url);
    refetch(target.dataset.refetch);
  });
}
