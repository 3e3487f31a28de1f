/** The wheel goes from card to card, and scrolls within one that is higher than the screen. */
import { type RefObject, useEffect, useRef } from 'react';
import { hiddenPart, slotAt } from './cardElement';
import { WheelSteps } from './wheel';

const LINE = 40;

/** In pixels; 0 for what is not for us: zooming, and turning sideways. */
function turnOf({ ctrlKey, deltaX, deltaY, deltaMode }: WheelEvent): number {
  if (ctrlKey || Math.abs(deltaX) > Math.abs(deltaY)) return 0;
  return deltaMode === WheelEvent.DOM_DELTA_PIXEL ? deltaY : deltaY * LINE;
}

export function useWheel(
  scroller: RefObject<HTMLElement | null>,
  current: number,
  go: (by: number) => void,
): void {
  const steps = useRef(new WheelSteps()); // a movement goes on over several cards
  useEffect(() => {
    const screen = scroller.current;
    if (screen === null) return;
    const onWheel = (event: WheelEvent) => {
      const delta = turnOf(event);
      if (delta === 0) return;
      const card = slotAt(screen, current);
      const canScroll = card !== null && hiddenPart(screen, card, delta > 0 ? 1 : -1) > 0;
      if (!canScroll) event.preventDefault();
      const step = steps.current.turn(delta, event.timeStamp, canScroll);
      if (step !== 0) go(step);
    };
    screen.addEventListener('wheel', onWheel, { passive: false });
    return () => screen.removeEventListener('wheel', onWheel);
  }, [scroller, current, go]);
}
