/** How far a row can be scrolled to its sides, for who has a mouse and no other way. */
import { type RefObject, useCallback, useEffect, useState } from 'react';
import { isMotionReduced } from './useReading';

export interface Room {
  left: boolean;
  right: boolean;
}

/** The row's own padding, rounded up: no chip lies there, so no arrow leads there. */
const EDGE_PX = 5;

const NONE: Room = { left: false, right: false };

export function useSideways(row: RefObject<HTMLElement | null>, content: string) {
  const [room, setRoom] = useState(NONE);

  const look = useCallback(() => {
    if (row.current === null) return;
    const { scrollLeft, scrollWidth, clientWidth } = row.current;
    const left = scrollLeft > EDGE_PX;
    const right = scrollLeft + clientWidth < scrollWidth - EDGE_PX;
    setRoom((was) => (was.left === left && was.right === right ? was : { left, right }));
  }, [row]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other chips take other room
  useEffect(look, [look, content]);
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
