/** A card that was put back is what the reader asked for: it is gone to, and takes the focus. */
import { type RefObject, useEffect } from 'react';
import type { Poll } from '~/api/client';
import { useServices } from '~/services';
import { focusHeading, slotAt } from './cardElement';
import { tellBack, useBack } from './lastSkip';

export function useGoesBack(
  scroller: RefObject<HTMLElement | null>,
  polls: readonly Poll[],
  goTo: (index: number) => void,
): void {
  const { client } = useServices();
  const back = useBack();
  const index = polls.findIndex(({ id }) => id === back);
  useEffect(() => {
    if (index < 0) return;
    // The browser first keeps in its place the card that was there: this one stands before it.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        goTo(index);
        focusHeading(slotAt(scroller.current, index));
        tellBack(client, null);
      });
    });
    return () => cancelAnimationFrame(frame);
  }, [client, scroller, index, goTo]);
}
