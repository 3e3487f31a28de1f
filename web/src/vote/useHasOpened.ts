/** Whether a scheduled poll's time has come, by our clock. */
import { useEffect, useState } from 'react';
import type { Poll } from '~/api/client';

/** Clocks differ a little. */
const GRACE_MS = 3000;

/** The time now, every second while it matters. */
function useNow(isOn: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isOn]);
  return now;
}

/**
 * Its time has come by our clock, though no word has come from the server: then the form is
 * shown, and the server decides. Nobody has to ask it all at once.
 */
export function useHasOpened(poll: Poll, status: Poll['status']): boolean {
  const now = useNow(status === 'scheduled');
  return poll.opensAt !== null && now > Date.parse(poll.opensAt) + GRACE_MS;
}
