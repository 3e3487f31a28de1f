/** When a poll closes, in words that suit how near it is. */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Nearer than this it is a countdown, else a date. */
export const NEAR = 24 * HOUR;

/** "in 3 hours", "in 12 minutes", "in 40 seconds": never more than there is left. */
export function timeLeft(locale: string, ms: number): string {
  const words = new Intl.RelativeTimeFormat(locale);
  if (ms >= HOUR) return words.format(Math.floor(ms / HOUR), 'hour');
  if (ms >= MINUTE) return words.format(Math.floor(ms / MINUTE), 'minute');
  return words.format(Math.max(0, Math.ceil(ms / SECOND)), 'second');
}

/** Until the words change next: seconds are counted in the last minute only. */
export function untilNext(ms: number): number {
  const unit = ms > MINUTE ? MINUTE : SECOND;
  return ms % unit || unit;
}
