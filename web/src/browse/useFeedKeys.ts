/** The feed by keyboard: from card to card, and what is done with the one on the screen. */
import type { RefObject } from 'react';
import { type Shortcuts, useShortcuts } from '~/lib/shortcuts';
import { chooseOption, hiddenPart, skip, slotAt, vote } from './cardElement';
import { isMotionReduced } from './useReading';

const LINE = 80;

/** Asked for by name, smoothness would not heed the reader's wish for stillness. */
function pace(): ScrollBehavior {
  return isMotionReduced() ? 'instant' : 'smooth';
}

export function useFeedKeys(
  scroller: RefObject<HTMLElement | null>,
  current: number,
  go: (by: 1 | -1) => void,
): void {
  const card = () => slotAt(scroller.current, current);

  /** Within a card that is higher than the screen first, then on to the next. */
  const scroll = (direction: 1 | -1, step: (height: number) => number) => {
    const screen = scroller.current;
    const reading = card();
    if (screen === null) return;
    if (reading === null || hiddenPart(screen, reading, direction) <= 0) go(direction);
    else screen.scrollBy({ top: direction * step(screen.clientHeight), behavior: pace() });
  };
  const line = (direction: 1 | -1) => scroll(direction, () => LINE);
  const page = (direction: 1 | -1) => scroll(direction, (height) => height * 0.8);

  const digits: Shortcuts = Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`${i + 1}`, () => chooseOption(card(), i)]),
  );
  useShortcuts({
    ...digits,
    j: () => go(1),
    k: () => go(-1),
    arrowdown: () => line(1),
    arrowup: () => line(-1),
    pagedown: () => page(1),
    pageup: () => page(-1),
    ' ': (event) => page(event.shiftKey ? -1 : 1),
    s: () => skip(card()),
    v: () => vote(card()),
    enter: () => vote(card()),
  });
}
