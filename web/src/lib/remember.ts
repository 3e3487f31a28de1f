/**
 * What this browser remembers between visits. Storage may be forbidden or full: then the
 * page works, and forgets.
 */
const PREFIX = 'pollux.';

export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

/** null forgets it. */
export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // nothing that anybody could do about it
  }
}
