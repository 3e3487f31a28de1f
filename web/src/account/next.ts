/** Where somebody goes who has signed in: back to where they came from, if that is ours. */

/** One slash, and neither another nor a backslash, which browsers read as one. */
const OWN = /^\/(?![/\\])/;
/** Sent back here, somebody who is signed in already would go round in circles. */
const DOORS = ['/sign-in', '/register'];

function ownPath(next: string): string | null {
  if (!OWN.test(next) || !URL.canParse(next, location.origin)) return null;
  const { origin, pathname, search, hash } = new URL(next, location.origin);
  // what was parsed once more: "/\t/evil" and "/.//evil" are "//evil" by now
  if (origin !== location.origin || !OWN.test(pathname)) return null;
  return DOORS.includes(pathname) ? null : pathname + search + hash;
}

/** Of a query like `?next=/new`; the feed, where there is none or it is not to be trusted. */
export function safeNext(search: string): string {
  return ownPath(new URLSearchParams(search).get('next') ?? '/') ?? '/';
}

/** To the other door, with the same aim. */
export function withNext(path: string, search: string): string {
  const next = safeNext(search);
  return next === '/' ? path : `${path}?${new URLSearchParams({ next })}`;
}
