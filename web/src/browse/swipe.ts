/** When a finger's way over a card is a skip: hard to do by accident, for a skip is final. */

export interface Drag {
  deltaX: number;
  absX: number;
  absY: number;
}

/** From here on lifting the finger skips: a good part of the card, and never only a flick. */
export function farEnough(width: number): number {
  return Math.max(96, width * 0.35);
}

/** Sideways from its first pixels on; else it is scrolling, and stays so. */
export function isSideways({ deltaX, absX, absY }: Drag): boolean {
  return deltaX < 0 && absX > 2 * absY;
}

export function isSkip(drag: Drag, width: number): boolean {
  return isSideways(drag) && drag.absX >= farEnough(width);
}

/** The screen's edges belong to the system (back and forward); a radio button to itself. */
export function mayBegin(target: EventTarget | null, x: number): boolean {
  const EDGE = 24;
  if (x < EDGE || x > innerWidth - EDGE) return false;
  return !(target instanceof Element && target.closest('input, textarea, [role=slider]'));
}
