/** Where in the list the reader is, and how they go on: by scrolling, or from card to card. */
import { type RefObject, useCallback, useRef, useState } from 'react';
import type { VirtualizerHandle } from 'virtua';

/** The cards on the screen, from the first to the last; and the one that fills most of it. */
export interface Sight {
  first: number;
  last: number;
  current: number;
}

type Measured = Pick<VirtualizerHandle, 'scrollOffset' | 'viewportSize' | 'findItemIndex'>;

/** A hair's breadth of a neighbour is nothing that anybody sees. */
const HAIR = 4;

export function sightOf(list: Measured): Sight {
  const { scrollOffset: top, viewportSize: height } = list;
  return {
    first: list.findItemIndex(top + HAIR),
    last: list.findItemIndex(top + Math.max(height - HAIR, HAIR)),
    current: list.findItemIndex(top + height / 2),
  };
}

function isSame(a: Sight, b: Sight): boolean {
  return a.first === b.first && a.last === b.last && a.current === b.current;
}

export function isMotionReduced(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

export function useReading(
  list: RefObject<VirtualizerHandle | null>,
  count: number,
  initial: number,
) {
  const [sight, setSight] = useState<Sight>({
    first: initial,
    last: initial,
    current: initial,
  });
  /** Where a move that is still under way will end: keys may come faster than it. */
  const target = useRef<number | null>(null);
  /** Nothing has scrolled since it was asked for. */
  const isWaiting = useRef(false);
  const isRetried = useRef(false);

  const look = useCallback(() => {
    if (list.current === null) return;
    const next = sightOf(list.current);
    setSight((last) => (isSame(last, next) ? last : next));
  }, [list]);

  const goToTarget = useCallback(() => {
    if (target.current === null) return;
    const smooth = !isMotionReduced();
    list.current?.scrollToIndex(target.current, { align: 'start', smooth });
  }, [list]);

  const scrolled = useCallback(() => {
    isWaiting.current = false;
    look();
  }, [look]);

  /** The list waits for cards that it has to measure, and on a slow device gives up. */
  const measured = useCallback(() => {
    if (isWaiting.current) goToTarget();
    look();
  }, [goToTarget, look]);

  /** A jump that measuring has taken back: the list goes on to where it was told to before. */
  const isTakenBack = useCallback(
    () =>
      list.current !== null &&
      target.current !== null &&
      isMotionReduced() &&
      sightOf(list.current).current !== target.current,
    [list],
  );

  /** What ends may be the scrolling before the move that waits. */
  const arrive = useCallback(() => {
    look();
    if (isWaiting.current) return;
    if (!isRetried.current && isTakenBack()) {
      isRetried.current = true;
      goToTarget();
    } else target.current = null;
  }, [look, goToTarget, isTakenBack]);

  const goTo = useCallback(
    (index: number) => {
      target.current = index;
      isWaiting.current = true;
      isRetried.current = false;
      goToTarget();
    },
    [goToTarget],
  );

  /** @returns the index of the card that is gone to. */
  const move = useCallback(
    (by: number): number => {
      if (list.current === null) return 0;
      const from = target.current ?? sightOf(list.current).current;
      const to = Math.min(Math.max(from + by, 0), count - 1);
      goTo(to);
      return to;
    },
    [list, count, goTo],
  );

  return { sight, scrolled, measured, arrive, goTo, move };
}
