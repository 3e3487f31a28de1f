/**
 * The time as the server has it: a poll opens and closes by its clock, and a device's may be
 * minutes off. What each answer says in `Date` is compared with when it came.
 */

/** `Date` has whole seconds: a smaller difference is none. */
const FINE_MS = 2000;

/** By how much the server's clock is ahead, and how long the answer took that said so. */
let ahead = 0;
let took = Infinity;

export function now(): number {
  return Date.now() + (Math.abs(ahead) > FINE_MS ? ahead : 0);
}

/** The quickest answer knows best, until one says what both cannot have meant: a clock was set. */
export function heard(date: string | null, sentAt: number, cameAt = Date.now()): void {
  const away = cameAt - sentAt;
  const found = Date.parse(date ?? '') + 500 - sentAt - away / 2;
  if (away > took && !(Math.abs(found - ahead) > away + took + 1000)) return;
  if (Number.isNaN(found)) return;
  ahead = found;
  took = away;
}
