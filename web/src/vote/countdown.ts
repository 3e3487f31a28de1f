/** How long until a poll opens or closes, and when to look at the clock again. */
import type { Poll } from '~/api/client';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From here on every second is shown. */
const NEAR = 5 * MINUTE;

/** What the poll does next, and when; null where nothing is planned. */
export function nextEvent(
  poll: Pick<Poll, 'opensAt' | 'closesAt'>,
  status: Poll['status'],
): { kind: 'opens' | 'closes'; at: Date } | null {
  if (status === 'scheduled' && poll.opensAt !== null)
    return { kind: 'opens', at: new Date(poll.opensAt) };
  if (status === 'open' && poll.closesAt !== null)
    return { kind: 'closes', at: new Date(poll.closesAt) };
  return null;
}

export function isNear(left: number): boolean {
  return left <= NEAR;
}

/** How it is said where there are no words around it. */
export function formatLeft(locale: string, left: number): string {
  return isNear(left) ? formatClock(left) : formatWords(locale, left);
}

/** "4:59"; never less than 0:00. */
export function formatClock(left: number): string {
  const seconds = Math.max(0, Math.ceil(left / SECOND));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** "in 3 days": as exact as is of use. */
export function formatWords(locale: string, left: number): string {
  const words = new Intl.RelativeTimeFormat(locale);
  if (left < 90 * MINUTE) return words.format(Math.ceil(left / MINUTE), 'minute');
  if (left < 36 * HOUR) return words.format(Math.round(left / HOUR), 'hour');
  return words.format(Math.round(left / DAY), 'day');
}

/** Milliseconds until the time left has to be written anew; null: never again. */
export function nextTick(left: number): number | null {
  if (left <= 0) return null;
  const step = isNear(left) ? SECOND : MINUTE;
  return left % step || step;
}
