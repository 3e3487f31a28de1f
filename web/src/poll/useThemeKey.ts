/** Changes when the colours do: the reader's choice, or the system's. For what CSS cannot colour. */
import { useSyncExternalStore } from 'react';

const DARK = '(prefers-color-scheme: dark)';

function subscribe(listener: () => void): () => void {
  const media = matchMedia(DARK);
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  media.addEventListener('change', listener);
  return () => {
    observer.disconnect();
    media.removeEventListener('change', listener);
  };
}

export function useThemeKey(): string {
  return useSyncExternalStore(
    subscribe,
    () => document.documentElement.dataset.theme ?? String(matchMedia(DARK).matches),
  );
}
