/** Rows of a list that are dragged by pointer, with a mouse, a pen or a finger. */
import { flushSync } from 'react-dom';
import { placeOf } from './order';

export type Move = (from: number, to: number) => void;

function rowsOf(list: HTMLElement): HTMLElement[] {
  return [...list.children] as HTMLElement[];
}

function isStill(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** Rows that change places slide there; one may be left to the pointer. */
export function glide(list: HTMLElement, change: () => void, held?: HTMLElement): void {
  const tops = rowsOf(list).map((row) => [row, row.getBoundingClientRect().top] as const);
  flushSync(change);
  if (isStill()) return;
  for (const [row, top] of tops) {
    const by = top - row.getBoundingClientRect().top;
    if (row !== held && by !== 0)
      row.animate([{ transform: `translateY(${by}px)` }, { transform: 'none' }], {
        duration: 160,
        easing: 'ease-out',
      });
  }
}

/** How near to the screen's edge the page scrolls along, and by how much. */
const EDGE_PX = 96;
const SCROLL_PX = 14;

function scrollAlong(y: number): void {
  if (y < EDGE_PX) window.scrollBy(0, -SCROLL_PX);
  if (y > window.innerHeight - EDGE_PX) window.scrollBy(0, SCROLL_PX);
}

interface Drag {
  list: HTMLElement;
  row: HTMLElement;
  /** The press that starts it. */
  press: PointerEvent;
  onMove: Move;
  onEnd: () => void;
}

/** Follows the pointer until it is lifted; Escape puts the row back. */
export function startDrag({ list, row, press, onMove, onEnd }: Drag): void {
  const index = () => rowsOf(list).indexOf(row);
  const start = index();
  const grip = press.clientY - row.getBoundingClientRect().top;
  const over = new AbortController();

  const follow = (y: number) => {
    const top = y - grip - list.getBoundingClientRect().top;
    row.style.translate = `0 ${top - row.offsetTop}px`;
    return { top, bottom: top + row.offsetHeight };
  };
  const move = ({ clientY: y, pointerId }: PointerEvent) => {
    if (pointerId !== press.pointerId) return;
    scrollAlong(y);
    const others = rowsOf(list).filter((other) => other !== row);
    const middles = others.map((other) => other.offsetTop + other.offsetHeight / 2);
    const from = index();
    const to = placeOf(from, follow(y), middles);
    if (to === from) return;
    glide(list, () => onMove(from, to), row);
    follow(y);
  };
  const end = () => {
    over.abort();
    row.style.translate = '';
    delete row.dataset.dragged;
    onEnd();
  };
  const cancel = ({ key }: KeyboardEvent) => {
    if (key !== 'Escape') return;
    if (index() !== start) flushSync(() => onMove(index(), start));
    end();
  };

  row.dataset.dragged = '';
  list.setPointerCapture(press.pointerId); // the row itself changes its place in the page
  const { signal } = over;
  list.addEventListener('pointermove', move, { signal });
  list.addEventListener('lostpointercapture', end, { signal });
  window.addEventListener('keydown', cancel, { signal });
}
