/** A draft's times: between this device's zone and the instants that the server takes. */
import type { Draft } from './draft';

const MINUTE_MS = 60_000;

/** What RFC 3339 can write. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59);

/** "2026-01-31T20:15" in the zone of this device, as an instant; null where it is none. */
export function instantOf(local: string): number | null {
  const ms = new Date(local).getTime();
  return ms > 0 && ms <= LAST_MS ? ms : null;
}

/**
 * Is there such a time here? Where clocks are put forward, an hour is left out, and a browser
 * takes another moment for a time in it.
 */
export function isSkippedByClocks(local: string): boolean {
  const ms = instantOf(local);
  return ms !== null && localOf(ms) !== local.slice(0, 16);
}

const two = (n: number) => String(n).padStart(2, '0');

/** The reverse: what <input type="datetime-local"> shows for an instant. */
export function localOf(ms: number): string {
  const at = new Date(ms);
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** An hour from then, on the next five minutes: a start for whoever wants a time. */
export function suggestedTime(from: number): string {
  const step = 5 * MINUTE_MS;
  return localOf(Math.ceil((from + 60 * MINUTE_MS) / step) * step);
}

/** The poll is open for a while between the two. */
export function suggestedClosing(draft: Draft, now: number): string {
  return suggestedTime(Math.max(now, openingOf(draft) ?? now));
}

/** Before the poll closes, where there is time for that. */
export function suggestedOpening(draft: Draft, now: number): string {
  const closes = draft.closes === 'at' ? instantOf(draft.closesAt) : null;
  const usual = suggestedTime(now);
  if (closes === null || (instantOf(usual) ?? 0) < closes) return usual;
  return localOf(now + Math.max(MINUTE_MS, (closes - now) / 2));
}

export function zoneName(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll('_', ' ');
}

/** null: as soon as it is created. */
export function openingOf({ opens, opensAt }: Draft): number | null {
  return opens === 'now' ? null : instantOf(opensAt);
}

/** null: never by itself. */
export function closingOf(draft: Draft, now: number): number | null {
  if (draft.closes === 'never') return null;
  if (draft.closes === 'at') return instantOf(draft.closesAt);
  return Math.max(now, openingOf(draft) ?? now) + Number(draft.closes) * MINUTE_MS;
}
