/** How far a row can be scrolled to its sides, for who has a mouse and no other way. */
import { type RefObject, useCallback, useEffect, useState } from 'react';
import { isMotionReduced } from './useReading';

export interface Room {
  left: boolean;
  right: boolean;
}

const NONE: Room = { left: false, right: false };

export function useSideways(row: RefObject<HTMLElement | null>, count: number) {
  const [room, setRoom] = useState(NONE);

  const look = useCallback(() => {
    if (row.current === null) return;
    const { scrollLeft, scrollWidth, clientWidth } = row.current;
    const left = scrollLeft > 1;
    const right = scrollLeft + clientWidth < scrollWidth - 1;
    setRoom((was) => (was.left === left && was.right === right ? was : { left, right }));
  }, [row]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: more in the row is more room
  useEffect(look, [look, count]);
  useEffect(() => {
    if (row.current === null) return;
    const observer = new ResizeObserver(look);
    observer.observe(row.current);
    return () => observer.disconnect();
  }, [row, look]);

  const go = (by: 1 | -1) => {
    const width = row.current?.clientWidth ?? 0;
    const behavior = isMotionReduced() ? 'instant' : 'smooth';
    row.current?.scrollBy({ left: by * width * 0.7, behavior });
  };
  return { room, look, go };
}
