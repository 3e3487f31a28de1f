// Waiting for a condition, always with a limit. Tests never sleep to give something time.

/** Pause between two looks; not a way to wait for an event. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Calls cond until it gives something true, and returns that.
 * @template T
 * @param {() => T | Promise<T>} cond
 * @param {number} [limit] milliseconds
 * @param {string} [what] for the message
 * @returns {Promise<NonNullable<T>>}
 */
export async function wait_until(cond, limit = 5000, what = cond.toString()) {
  const end = Date.now() + limit;
  for (;;) {
    const got = await cond();
    if (got) return got;
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}`);
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
