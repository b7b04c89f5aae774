// The number of items that need somebody: in the window's title and its icon, and as a notification where that was asked for.

const NOTIFY = 'musher:notify';

/** @type {string} */
let plain;
/** @type {number | null} */
let before = null;

export function startTitle() {
  plain = document.title.replace(/^\(\d+\) /, '');
  startNotifications();
  countNeeds();
}

export function countNeeds() {
  const count = Number(document.getElementById('needs-count')?.dataset.count ?? 0);
  document.title = count > 0 ? `(${count}) ${plain}` : plain;
  if (count !== before) drawIcon(count);
  if (before !== null && count > before) notify(count);
  before = count;
}

/** @param {number} count */
function drawIcon(count) {
  const link = document.querySelector('link[rel=icon]');
  if (link === null) return;
  link.dataset.plain ??= link.href;
  const label = count > 99 ? '99' : String(count);
  const badge = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#8a5300"/><text x="16" y="23" font-family="sans-serif" font-weight="700" font-size="20" text-anchor="middle" fill="#fff">${label}</text></svg>`;
  link.href = count > 0 ? `data:image/svg+xml,${encodeURIComponent(badge)}` : link.dataset.plain;
}

/** Asked for by a button alone: a page that asks by itself is refused for ever. */
function startNotifications() {
  const button = document.getElementById('notify');
  if (button === null || !('Notification' in window)) return;
  const show = () => {
    const state =
      Notification.permission === 'denied'
        ? 'off'
        : Notification.permission === 'granted' && localStorage.getItem(NOTIFY) === 'on'
          ? 'on'
          : 'ask';
    button.textContent = button.dataset[state] ?? '';
    button.disabled = state === 'off';
    button.setAttribute('aria-pressed', String(state === 'on'));
  };
  button.hidden = false;
  const press = async () => {
    if (Notification.permission === 'granted' && localStorage.getItem(NOTIFY) === 'on') localStorage.removeItem(NOTIFY);
    else if ((await Notification.requestPermission()) === 'granted') localStorage.setItem(NOTIFY, 'on');
    show();
  };
  button.addEventListener('click', () => void press());
  show();
}

/** @param {number} count */
function notify(count) {
  if (!document.hidden || !('Notification' in window) || Notification.permission !== 'granted' || localStorage.getItem(NOTIFY) !== 'on')
    return;
  // All tabs say the same, and the tag makes them one.
  const shown = new Notification(count === 1 ? 'One item needs you' : `${count} items need you`, { tag: 'musher-needs' });
  shown.onclick = () => window.focus();
}
