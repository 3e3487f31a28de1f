/** Is the page being printed? Paper shows what the screen does not need: how to get here. */
import { useSyncExternalStore } from 'react';

let isPrinting = false;

function subscribe(listener: () => void): () => void {
  const media = matchMedia('print');
  const set = (next: boolean) => () => {
    isPrinting = next;
    listener();
  };
  const handlers = { beforeprint: set(true), afterprint: set(false) };
  const onMedia = () => set(media.matches)();
  for (const [name, handler] of Object.entries(handlers)) addEventListener(name, handler);
  media.addEventListener('change', onMedia);
  return () => {
    for (const [name, handler] of Object.entries(handlers))
      removeEventListener(name, handler);
    media.removeEventListener('change', onMedia);
  };
}

/** True from before the browser lays out the paper on. */
export function useIsPrinting(): boolean {
  return useSyncExternalStore(subscribe, () => isPrinting);
}
