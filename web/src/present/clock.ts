/** How long until something, in large figures. */
const SECOND = 1000;
const HOUR = 3600;
const DAY = 24 * HOUR;

function twoDigits(count: number): string {
  return String(count).padStart(2, '0');
}

/** "4:59", "3:04:59"; null where it takes longer than a day: a date says more. */
export function formatLeft(milliseconds: number): string | null {
  const seconds = Math.max(0, Math.ceil(milliseconds / SECOND));
  if (seconds >= DAY) return null;
  const minutes = Math.floor((seconds % HOUR) / 60);
  const rest = twoDigits(seconds % 60);
  if (seconds < HOUR) return `${minutes}:${rest}`;
  return `${Math.floor(seconds / HOUR)}:${twoDigits(minutes)}:${rest}`;
}

/** Until the figures change. */
export function untilNextSecond(milliseconds: number): number {
  return milliseconds % SECOND || SECOND;
}
