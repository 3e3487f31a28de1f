/**
 * Keeps the focus inside what changes under it: the Vote button goes away with the vote,
 * and the form when the poll closes. Then the focus moves to what has come in its place.
 */
import { type RefObject, useEffect, useRef } from 'react';

/** Among what is shown: the chosen option, else what is marked to take the focus. */
const PLACES = ['input:checked', '[tabindex="-1"]', 'input'];

export function useKeptFocus(ref: RefObject<HTMLElement | null>, shown: string) {
  const isInside = useRef(false);
  const last = useRef(shown);
  useEffect(() => {
    if (last.current === shown) return;
    last.current = shown;
    const box = ref.current;
    if (!isInside.current || box === null || box.contains(document.activeElement)) return;
    for (const place of PLACES) {
      const target = box.querySelector<HTMLElement>(place);
      if (target !== null) return target.focus({ preventScroll: true });
    }
  }, [ref, shown]);
  return {
    onFocus: () => {
      isInside.current = true;
    },
    onBlur: () => {
      isInside.current = false;
    },
  };
}
