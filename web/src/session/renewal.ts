/**
 * A session that is used stays. The server renews a cookie with the answers that it gives: a
 * page that only listens, as a projector's does for days, has to ask for one now and then.
 */
import { checkSession } from '~/api/client';
import type { Session } from './session';

/** Far less than the shortest session that makes sense. */
const EVERY_MS = 10 * 60_000;

/** @returns to stop it. */
export function keepInUse(session: Session): () => void {
  const stopping = new AbortController();
  let askedAt = Date.now();
  const ask = () => {
    const isDue = Date.now() - askedAt >= EVERY_MS;
    if (!isDue || document.hidden || session.userId === null) return;
    askedAt = Date.now();
    void checkSession();
  };
  const timer = setInterval(ask, EVERY_MS);
  document.addEventListener('visibilitychange', ask, { signal: stopping.signal });
  return () => {
    clearInterval(timer);
    stopping.abort();
  };
}
