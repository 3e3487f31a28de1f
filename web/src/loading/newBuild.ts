/**
 * Code that is fetched when it is needed may not come: the server cannot be reached, or was
 * given a new build while this page was open. Then the page loads itself again, once.
 */
import { backoff } from '~/lib/backoff';
import { KeyedStore, useKeyed } from '~/lib/KeyedStore';

const KEY = 'pollux.reloaded';

/** Within this time: two builds behind one address must not make a loop of it. */
const ONCE_MS = 60_000;

/** What names the build: the widget is another one than the page. */
function ownDocument(): string {
  return location.pathname.startsWith('/embed/') ? location.pathname : '/';
}

/** Where the server hands out another build than the one that runs here. */
async function reloadForNewBuild(): Promise<boolean> {
  try {
    if (Date.now() - Number(sessionStorage.getItem(KEY)) < ONCE_MS) return false;
    const answer = await fetch(ownDocument(), { cache: 'no-store' });
    const running = new URL(import.meta.url).pathname;
    if (!answer.ok || (await answer.text()).includes(running)) return false;
    sessionStorage.setItem(KEY, String(Date.now()));
    location.reload();
    return true;
  } catch {
    return false; // offline: it would leave nothing; or without storage: it might be a loop
  }
}

const AWAY = 0;
/** Has the last try failed? For whoever shows that it waits. */
const state = new KeyedStore<boolean>();

export function useIsServerAway(): boolean {
  return useKeyed(state, AWAY) === true;
}

/** After a while, and sooner with a network or a reader who comes back: never unseen. */
function nextTry(failures: number): Promise<void> {
  return new Promise((resolve) => {
    const over = new AbortController();
    const { signal } = over;
    const go = () => {
      if (document.hidden) return;
      over.abort();
      resolve();
    };
    setTimeout(go, backoff(failures));
    addEventListener('online', go, { signal });
    document.addEventListener('visibilitychange', go, { signal });
  });
}

/** Runs a dynamic import, and again for as long as it fails. */
export async function fetchCode<T>(load: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      const code = await load();
      state.set(AWAY, false);
      return code;
    } catch {
      if (await reloadForNewBuild()) return new Promise(() => {}); // the page is going away
      state.set(AWAY, true);
      await nextTry(failures);
    }
  }
}
