/** Keeps the screen on; a browser that cannot, or may not, lets it go dark as ever. */
import { useEffect } from 'react';

export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let isOver = false;
    const release = () => void lock?.release().catch(() => undefined);
    const hold = async () => {
      if (document.visibilityState !== 'visible') return; // it ends when the page is hidden
      lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
      if (isOver) release();
    };
    void hold();
    document.addEventListener('visibilitychange', hold);
    return () => {
      isOver = true;
      document.removeEventListener('visibilitychange', hold);
      release();
    };
  }, []);
}
