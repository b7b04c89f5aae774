// One stream of events for all tabs of a browser: the tab that holds the lock reads it and tells the others. Where there are no
// locks (a page that is neither on this machine nor over https), each tab has a stream of its own.

/** @typedef {{ type: 'change', event: number, topics: string[] } | { type: 'answer', html: string } | { type: 'state', state: State } | { type: 'ask', head: number }} Told */
/** @typedef {'live' | 'offline' | 'reconnecting' | 'ended'} State */

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;

/**
 * Calls `onTold` with all that the stream tells, and with what becomes of the connection.
 * @param {number} head number of the newest event that this tab has seen
 * @param {(told: Told) => void} onTold
 */
export function followStream(head, onTold) {
  let last = head;
  const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('musher') : null;
  /** @param {Told} told */
  const tellTabs = (told) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only windows take one
    tabs?.postMessage(told);
  };
  /** @param {Told} told */
  const take = (told) => {
    if (told.type === 'change') last = Math.max(last, told.event);
    onTold(told);
  };
  /** @param {Told} told */
  const spread = (told) => {
    take(told);
    tellTabs(told);
  };
  let leads = false;
  /** @type {State} */
  let state = 'reconnecting';
  if (tabs !== null)
    tabs.onmessage = ({ data }) => {
      if (data.type === 'ask') {
        // A tab that has just begun: what it missed while it was loaded is not known, so it looks at everything once.
        if (leads) tellTabs({ type: 'state', state });
        if (leads && data.head < last) tellTabs({ type: 'change', event: last, topics: ['*'] });
      } else take(data);
    };
  const lead = () => {
    leads = true;
    read(
      () => last,
      spread,
      (now) => spread({ type: 'state', state: (state = now) }),
    );
  };
  if (tabs !== null && 'locks' in navigator) {
    // Held until the tab is gone, as the promise never resolves.
    void navigator.locks.request('musher-stream', () => (lead(), new Promise(() => undefined)));
    tellTabs({ type: 'ask', head });
  } else lead();
}

/**
 * Reads the stream for ever: `EventSource` gives up for good after an answer that is no stream, so each end begins a new one.
 * @param {() => number} after
 * @param {(told: Told) => void} tell
 * @param {(state: State) => void} onState
 */
function read(after, tell, onState) {
  let wait = FIRST_RETRY_MS;
  const open = () => {
    const source = new EventSource(`/live?after=${after()}`);
    source.addEventListener('open', () => {
      wait = FIRST_RETRY_MS;
      onState('live');
    });
    source.addEventListener('change', ({ data }) => tell({ type: 'change', ...JSON.parse(data) }));
    source.addEventListener('answer', ({ data }) => tell({ type: 'answer', html: data }));
    source.addEventListener('ended', () => {
      source.close();
      onState('ended');
    });
    source.addEventListener('error', () => {
      source.close();
      void again();
    });
  };
  const again = async () => {
    if (!navigator.onLine) {
      onState('offline');
      window.addEventListener('online', () => void again(), { once: true });
      return;
    }
    onState('reconnecting');
    if (await isOver()) return onState('ended');
    setTimeout(open, wait);
    wait = Math.min(2 * wait, LONGEST_RETRY_MS);
  };
  open();
}

/** Whether the session has ended: only an answer says so, and silence does not. */
async function isOver() {
  try {
    return (await fetch('/complete?text=', { cache: 'no-store' })).status === 401;
  } catch {
    return false;
  }
}
