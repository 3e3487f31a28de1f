// Waiting for a condition, always with a limit. Tests never sleep to give something time.

/** For what comes at once, were the machine idle: nobody waits that long when all is well. */
export const LIMIT_MS = 30_000;

/** Pause between two looks; not a way to wait for an event. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Calls cond until it gives something true, and returns that.
 * @template T
 * @param {() => T | Promise<T>} cond
 * @param {number} [limit] milliseconds
 * @param {string | (() => string)} [what] for the message
 * @returns {Promise<NonNullable<T>>}
 */
export async function wait_until(cond, limit = LIMIT_MS, what = cond.toString()) {
  const end = performance.now() + limit;
  for (;;) {
    const got = await cond();
    if (got) return got;
    if (performance.now() > end) {
      const said = typeof what === 'function' ? what() : what;
      throw new Error(`not within ${limit} ms: ${said}`);
    }
    await pause(10);
  }
}

/**
 * The promise's outcome, or an error after the limit.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export function within(promise, limit, what) {
  let timer;
  const late = new Promise((_, reject) => {
    const fail = () => reject(new Error(`not within ${limit} ms: ${what}`));
    timer = setTimeout(fail, limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * Steps that have to be over before a moment: ms from now, and later for a machine that is
 * too busy for that, since what it does after the moment proves nothing.
 * @template T
 * @param {number} ms
 * @param {(moment: number) => Promise<T>} steps
 * @returns {Promise<T>}
 */
export async function ahead_of(ms, steps) {
  const moment = Date.now() + ms;
  const [how] = await Promise.allSettled([steps(moment)]);
  if (Date.now() >= moment && ms < LIMIT_MS) return ahead_of(2 * ms, steps);
  if (how.status === 'rejected') throw how.reason;
  return how.value;
}

const DAY_MS = 86_400_000;

/** Runs what counts votes of a day, and once more when midnight UTC came in between. */
export async function within_a_day(steps) {
  const day = () => Math.floor(Date.now() / DAY_MS);
  const began = day();
  try {
    return await steps();
  } catch (error) {
    if (day() === began) throw error;
    return steps();
  }
}
