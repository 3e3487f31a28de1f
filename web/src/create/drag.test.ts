import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startDrag } from './drag';

const HEIGHT = 50;
let list: HTMLElement;

const names = () => [...list.children].map((row) => row.textContent).join('');

function drag(name: string) {
  const row = [...list.children].find((child) => child.textContent === name) as HTMLElement;
  const onEnd = vi.fn();
  const press = new PointerEvent('pointerdown', {
    pointerId: 1,
    clientY: row.offsetTop + 10,
  });
  startDrag({
    list,
    row,
    press,
    onMove: (from, to) => {
      const moved = list.children[from] as HTMLElement;
      moved.remove();
      list.insertBefore(moved, list.children[to] ?? null);
    },
    onEnd,
  });
  return { row, onEnd };
}

const fire = (type: string, clientY = 0, pointerId = 1) =>
  list.dispatchEvent(new PointerEvent(type, { clientY, pointerId }));

beforeEach(() => {
  list = document.createElement('ol');
  list.setPointerCapture = vi.fn();
  list.innerHTML = '<li>a</li><li>b</li><li>c</li>';
  for (const row of list.children) {
    const top = () => [...list.children].indexOf(row) * HEIGHT;
    Object.defineProperties(row, {
      offsetTop: { get: top },
      offsetHeight: { value: HEIGHT },
    });
    row.getBoundingClientRect = () => new DOMRect(0, top(), 100, HEIGHT);
    row.animate = vi.fn();
  }
  list.getBoundingClientRect = () => new DOMRect(0, 0, 100, 3 * HEIGHT);
  vi.spyOn(window, 'scrollBy').mockImplementation(() => {});
});

/** A row that is still held would answer to the next test's keys. */
afterEach(() => void fire('lostpointercapture'));

describe('a row that is dragged', () => {
  it('stays under the pointer, and changes places half way', () => {
    const { row } = drag('a');
    fire('pointermove', 34);
    expect([names(), row.style.translate]).toEqual(['abc', '0 24px']);
    fire('pointermove', 36);
    expect([names(), row.style.translate]).toEqual(['bac', '0 -24px']);
    fire('pointermove', 200);
    expect(names()).toBe('bca');
  });

  it('slides the others, and not itself', () => {
    const { row } = drag('a');
    fire('pointermove', 36);
    expect(row.animate).not.toHaveBeenCalled();
    expect(list.children[0]?.animate).toHaveBeenCalledOnce();
  });

  it('rests where it is let go', () => {
    const { row, onEnd } = drag('c');
    expect('dragged' in row.dataset).toBe(true);
    fire('pointermove', 60);
    fire('lostpointercapture');
    expect([names(), row.style.translate, 'dragged' in row.dataset]).toEqual([
      'acb',
      '',
      false,
    ]);
    expect(onEnd).toHaveBeenCalledOnce();
    fire('pointermove', 10);
    expect(names()).toBe('acb');
  });

  it('goes back with Escape', () => {
    const { onEnd } = drag('a');
    fire('pointermove', 200);
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'x' }));
    expect(names()).toBe('bca');
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    expect(names()).toBe('abc');
    expect(onEnd).toHaveBeenCalledOnce();
  });

  it('follows its own pointer only', () => {
    drag('a');
    fire('pointermove', 200, 2);
    expect(names()).toBe('abc');
  });

  it('scrolls the page along at its edges', () => {
    drag('a');
    fire('pointermove', window.innerHeight - 5);
    expect(window.scrollBy).toHaveBeenLastCalledWith(0, 14);
    fire('pointermove', 5);
    expect(window.scrollBy).toHaveBeenLastCalledWith(0, -14);
  });
});
