/** The focus goes where the reader goes: to the heading of the card that has come. */
import { type RefObject, useEffect, useRef } from 'react';
import type { Poll } from '~/api/client';
import { type Focused, focusAgain } from '~/feed/handOver';
import { focusHeading, slotAt } from './cardElement';

/** After a skip: the card that had the focus is gone, and the focus with it. */
export function useFocusAfterSkip(
  scroller: RefObject<HTMLElement | null>,
  polls: readonly Poll[],
  current: number,
): void {
  const last = useRef(polls.length);
  useEffect(() => {
    const isFewer = polls.length < last.current;
    last.current = polls.length;
    if (isFewer && document.activeElement === document.body)
      focusHeading(slotAt(scroller.current, current));
  }, [scroller, polls, current]);
}

/** Once, as soon as the list shows its first card. */
export function takeOver(
  scroller: HTMLElement | null,
  focused: RefObject<Focused | null>,
): void {
  const slot = slotAt(scroller, 0);
  if (focused.current !== null && slot !== null) focusAgain(slot, focused.current);
  focused.current = null;
}
