/** Sends again by itself what may be sent again: for a while, and never in step with others. */

import { backoff, jittered } from '~/lib/backoff';
import { ApiError, isCode } from './error';

/** A server that is started anew is back by then. */
const PATIENCE_MS = 60_000;
/** Of what the server asks for: a reader does not wait longer. */
const LONGEST_PAUSE_MS = 20_000;

/** On the window: the server has just been reached, by the live connection (live/driver.ts). */
export const REACHED = 'pollux:reached';

/**
 * waiting: it has been tried so often that the reader is told. queued: many join at once, and
 * it is not yet this reader's turn.
 */
export type Hold = 'retrying' | 'waiting' | 'offline' | 'queued';
const TOLD_AFTER = 4;

/** How long to wait before the next try; null: there is no use in one, or not so soon. */
function pauseAfter(error: unknown, tries: number, giveUpAt: number): number | null {
  if (!(error instanceof ApiError)) return null;
  if (!error.isTransient && !isCode(error, 'rate_limited')) return null;
  const backOff = backoff(tries - 1);
  const asked = error.retryAt === null ? 0 : error.retryAt.getTime() - Date.now();
  if (asked > LONGEST_PAUSE_MS) return null;
  const pause = asked > 0 ? asked + backOff / 4 : backOff;
  return Date.now() + pause > giveUpAt ? null : pause;
}

/** Not longer than until the server is there again; but as long as it has asked for. */
async function sleep(ms: number, error: ApiError): Promise<void> {
  const woken = new AbortController();
  await new Promise<unknown>((resolve) => {
    setTimeout(resolve, ms);
    if (error.retryAt === null)
      addEventListener(REACHED, resolve, { signal: woken.signal });
  });
  woken.abort();
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
      const pause = pauseAfter(error, tries, giveUpAt);
      if (pause === null) throw error;
      if (!navigator.onLine) continue;
      onHold(tries < TOLD_AFTER ? 'retrying' : 'waiting');
      await sleep(pause, error as ApiError);
    }
  }
}

/** Refused because many come at once: waits as long as it is told, at random, and comes again. */
export async function inTurn<T>(call: () => Promise<T>, onQueued: () => void): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'rate_limited') throw error;
      onQueued();
      const asked = error.retryAt === null ? 0 : error.retryAt.getTime() - Date.now();
      const pause = asked + backoff(tries) + jittered(asked);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
