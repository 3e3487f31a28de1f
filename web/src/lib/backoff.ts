/** When to try again: soon at first, then ever later, and never all pages at one moment. */
const FIRST_MS = 500;
const MOST_MS = 20_000;

/** Half of it to one and a half: thousands that fail together must not come back together. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random());
}

/** After so many failures before this one. */
export function backoff(failures: number): number {
  return jittered(Math.min(MOST_MS, FIRST_MS * 2 ** failures));
}
