/**
 * A screen's code may be gone: the server was given a new build while this page was open.
 * Then the page loads itself again, once; whatever else is wrong stays an error.
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

/** Runs a dynamic import. */
export async function fetchCode<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (await reloadForNewBuild()) return new Promise(() => {}); // the page is going away
    throw error;
  }
}
