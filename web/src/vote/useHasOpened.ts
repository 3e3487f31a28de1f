/** Whether a scheduled poll's time has come. */
import { useEffect, useState } from 'react';
import type { Poll } from '~/api/client';
import { now } from '~/lib/clock';

/** Clocks differ a little. */
const GRACE_MS = 3000;

/** The time now, every second while it matters. */
function useNow(isOn: boolean): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => setTime(now()), 1000);
    return () => clearInterval(timer);
  }, [isOn]);
  return time;
}

/**
 * Its time has come by the clock, though no word has come from the server: then the form is
 * shown, and the server decides. Nobody has to ask it all at once.
 */
export function useHasOpened(poll: Poll, status: Poll['status']): boolean {
  const time = useNow(status === 'scheduled');
  return poll.opensAt !== null && time > Date.parse(poll.opensAt) + GRACE_MS;
}
