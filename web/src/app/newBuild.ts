/**
 * Code that is fetched when it is needed may not come: the server cannot be reached, or was
 * given a new build while this page was open. Then the page loads itself again, once.
 */
const KEY = 'pollux.reloaded';

/** Does the server hand out another build than the one that runs here? */
async function isReplaced(): Promise<boolean> {
  try {
    const answer = await fetch('/', { cache: 'no-store' });
    const running = new URL(import.meta.url).pathname;
    return answer.ok && !(await answer.text()).includes(running);
  } catch {
    return false; // offline: loading again would leave nothing on the screen
  }
}

/** Within this minute: two builds behind one address must not make a loop of it. */
function hasJustReloaded(): boolean {
  const last = Number(sessionStorage.getItem(KEY));
  return Date.now() - last < 60_000;
}

async function reloadForNewBuild(): Promise<boolean> {
  if (hasJustReloaded() || !(await isReplaced())) return false;
  sessionStorage.setItem(KEY, String(Date.now()));
  location.reload();
  return true;
}

const TRIES = 4;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Half of it is chance, so that not everybody comes back at once; sooner with a network. */
function pauseAfter(tries: number): Promise<void> {
  const ms =
    Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries) * (0.5 + Math.random());
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    addEventListener('online', () => resolve(), { once: true });
  });
}

/**
 * Runs a dynamic import, and again while the server cannot be reached: some times for a
 * screen, which then says so; for ever where the screen is of use without, or as long as
 * there is no network.
 */
export async function fetchCode<T>(load: () => Promise<T>, tries = TRIES): Promise<T> {
  for (let failed = 1; ; failed++) {
    try {
      return await load();
    } catch (error) {
      if (await reloadForNewBuild()) return new Promise(() => {}); // the page is going away
      if (failed >= tries && navigator.onLine) throw error;
    }
    await pauseAfter(failed);
  }
}
