/**
 * Lets the lines of a list glide to their new places: each is put back to where it was by a
 * transform, which then fades. Nothing moves for those who asked for that.
 */
import { type RefObject, useLayoutEffect, useRef } from 'react';

const EASE = { duration: 500, easing: 'cubic-bezier(0.22, 1, 0.36, 1)' };

export function isStill(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Of the list's children, by their data-key. */
export function useFlip(order: readonly number[]): RefObject<HTMLOListElement | null> {
  const list = useRef<HTMLOListElement>(null);
  const tops = useRef(new Map<string, number>());
  const key = order.join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: places change with the order
  useLayoutEffect(() => {
    const lines = [...(list.current?.children ?? [])] as HTMLElement[];
    const before = tops.current;
    tops.current = new Map(lines.map((line) => [keyOf(line), line.offsetTop]));
    if (!isStill()) for (const line of lines) glide(line, before.get(keyOf(line)));
  }, [key]);

  return list;
}

function keyOf(line: HTMLElement): string {
  return line.dataset.key ?? '';
}

function glide(line: HTMLElement, before: number | undefined): void {
  const by = before === undefined ? 0 : before - line.offsetTop;
  if (by === 0) return;
  line.animate([{ transform: `translateY(${by}px)` }, { transform: 'none' }], EASE);
}
