/** Fits the question and its options to the screen, whatever its size and ratio. */
import { type RefObject, useLayoutEffect, useRef } from 'react';
import { fitColumns, fitText } from './fit';

/** Where a column is narrower than this many letters' height, it is no use. */
const LEAST_COLUMN_EM = 14;

export interface Fitted {
  frame: RefObject<HTMLDivElement | null>;
  title: RefObject<HTMLHeadingElement | null>;
  options: RefObject<HTMLUListElement | null>;
}

/** @param content what is shown, in a word: when that changes, it is fitted anew */
export function useFit(content: string): Fitted {
  const frame = useRef<HTMLDivElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const options = useRef<HTMLUListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: content is what is measured
  useLayoutEffect(() => {
    if (frame.current === null) return;
    let fitted = '';
    const fitNow = () => {
      const size = sizeOf(frame.current);
      if (size === fitted) return; // the observer begins with what is known
      fitted = size;
      fitAll(frame.current, title.current, options.current);
    };
    fitNow();
    const observer = new ResizeObserver(fitNow);
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [content]);
  return { frame, title, options };
}

/** All that decides what fits, but for the words. */
function sizeOf(frame: HTMLElement | null): string {
  const { innerWidth, innerHeight } = window;
  const { fontSize } = getComputedStyle(document.documentElement); // what a rem is
  return [
    innerWidth,
    innerHeight,
    frame?.clientWidth,
    frame?.clientHeight,
    fontSize,
  ].join();
}

/** Parts of the height for the question: less where the options would be hard to read. */
const TITLE_SHARES = [0.3, 0.2, 0.14];

/** The question first: the options get what it leaves. */
function fitAll(
  frame: HTMLElement | null,
  title: HTMLElement | null,
  options: HTMLElement | null,
): void {
  if (frame === null || title === null || options === null) return;
  const unit = Math.min(window.innerWidth, window.innerHeight) / 100;
  const least = Math.max(8, 1.4 * unit);
  const columns = Math.floor(frame.clientWidth / (LEAST_COLUMN_EM * least));
  const maxColumns = Math.max(1, Math.min(columns, 3));
  for (const share of TITLE_SHARES) {
    fitText(title, share * frame.clientHeight, least, 8 * unit);
    if (fitColumns(options, least, 6.5 * unit, maxColumns) > 3 * unit) return;
  }
}
