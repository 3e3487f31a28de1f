/** The focus goes where the reader goes: to the heading of the card that has come. */
import { type RefObject, useEffect, useReducer, useRef } from 'react';
import { type Focused, focusAgain } from '~/feed/handOver';
import type { Feed } from '~/feed/useFeed';
import { focusHeading, slotAt } from './cardElement';

const HEADING: Focused = 0;

/** What had the focus is gone: the focus is nowhere, or where it was left to wait. */
function isLost(): boolean {
  const { activeElement, body } = document;
  return activeElement === body || activeElement === document.querySelector('main');
}

/**
 * After a skip, or another try for the next page: the card or the button that had the focus
 * is gone, and the focus with it.
 *
 * @returns the other try.
 */
export function useFocusFollows(
  scroller: RefObject<HTMLElement | null>,
  { polls = [], error, retry }: Feed,
  current: number,
): () => void {
  const last = useRef(polls.length);
  const isTrying = useRef(false);
  useEffect(() => {
    const isFewer = polls.length < last.current;
    const isThere = isTrying.current && error === null;
    last.current = polls.length;
    if (isThere) isTrying.current = false;
    if ((isFewer || isThere) && isLost()) focusHeading(slotAt(scroller.current, current));
  }, [scroller, polls, error, current]);
  return () => {
    isTrying.current = true;
    retry();
  };
}

/**
 * Another try for the first page: the focus waits at the screen until there is a first card
 * that takes it over, or the next failure.
 *
 * @returns the try.
 */
export function useFocusAfterRetry(
  slot: RefObject<HTMLElement | null>,
  feed: Feed,
  focused: RefObject<Focused | null>,
): () => void {
  useEffect(() => {
    if (slot.current === null || focused.current !== HEADING || !isLost()) return;
    if (focusHeading(slot.current)) focused.current = null;
    else document.querySelector('main')?.focus({ preventScroll: true });
  });
  return () => {
    focused.current = HEADING;
    feed.retry();
  };
}

/**
 * From the first card to the same one of the list. That is there before it is measured, and
 * hidden until then: what is hidden cannot take the focus.
 *
 * @returns to be told whenever something is measured.
 */
export function useTakenOver(
  scroller: RefObject<HTMLElement | null>,
  index: number,
  focused: RefObject<Focused | null>,
): () => void {
  const [, lookAgain] = useReducer((looks: number) => looks + 1, 0);
  useEffect(() => {
    if (focused.current === null) return;
    const slot = slotAt(scroller.current, index);
    if (slot !== null && isLost()) focusAgain(slot, focused.current);
    if (focused.current < HEADING || !isLost()) focused.current = null;
  });
  return () => {
    if (focused.current !== null) lookAgain(); // drawn together with what was measured
  };
}
