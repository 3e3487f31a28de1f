/** Full screen, which the browser may leave by itself: Escape does. */
import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  document.addEventListener('fullscreenchange', listener);
  return () => document.removeEventListener('fullscreenchange', listener);
}

/** It may be refused: then nothing happens. */
function toggle(): void {
  const done =
    document.fullscreenElement != null
      ? document.exitFullscreen()
      : document.documentElement.requestFullscreen();
  done.catch(() => undefined);
}

export interface FullScreen {
  isFull: boolean;
  /** null: this browser cannot. */
  toggle: (() => void) | null;
}

export function useFullScreen(): FullScreen {
  const isFull = useSyncExternalStore(subscribe, () => document.fullscreenElement != null);
  return { isFull, toggle: document.fullscreenEnabled ? toggle : null };
}
