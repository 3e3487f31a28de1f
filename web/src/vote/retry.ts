/** Sends again by itself what may be sent again: for a while, and never in step with others. */
import { ApiError, isCode } from '~/api/error';
import { backoff } from '~/backoff';

const TRIES = 4;
const PATIENCE_MS = 20_000;

export type Hold = 'retrying' | 'offline';

/** How long to wait before the next try; null: there is no use in one. */
function pauseAfter(error: unknown, tries: number): number | null {
  if (!(error instanceof ApiError)) return null;
  if (!error.isTransient && !isCode(error, 'rate_limited')) return null;
  const pause = backoff(tries - 1);
  const asked = error.retryAt === null ? 0 : error.retryAt.getTime() - Date.now();
  return asked > 0 ? asked + pause / 4 : pause;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** At once where there is a network; else when there is one again. */
async function network(): Promise<void> {
  if (!navigator.onLine)
    await new Promise((resolve) => addEventListener('online', resolve, { once: true }));
}

/**
 * The answer to a call that is sent again while it fails for a passing reason. Without a
 * network it waits for one, however long that takes. `onHold` is told of every wait.
 */
export async function persistently<T>(
  call: () => Promise<T>,
  onHold: (hold: Hold) => void,
): Promise<T> {
  let giveUpAt = Date.now() + PATIENCE_MS;
  for (let tries = 1; ; tries++) {
    if (!navigator.onLine) {
      onHold('offline');
      await network();
      onHold('retrying');
      tries = 1;
      giveUpAt = Date.now() + PATIENCE_MS;
    }
    try {
      return await call();
    } catch (error) {
      const pause = pauseAfter(error, tries);
      if (pause === null) throw error;
      if (!navigator.onLine) continue;
      if (tries >= TRIES || Date.now() + pause > giveUpAt) throw error;
      onHold('retrying');
      await sleep(pause);
    }
  }
}
