import { act, renderHook } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { useReading } from './useReading';

/** Ten cards, each as high as the screen; the first is read. */
function reader() {
  const scrollToIndex = vi.fn();
  const handle = {
    scrollOffset: 0,
    viewportSize: 600,
    findItemIndex: (offset: number) => Math.floor(offset / 600),
    scrollToIndex,
  };
  const list = { current: handle } as unknown as Parameters<typeof useReading>[0];
  const { result } = renderHook(() => useReading(list, 10, 0));
  return {
    asked: () => scrollToIndex.mock.calls.map(([index]) => index),
    go: (by: number) => act(() => void result.current.move(by)),
    tell: (what: 'scrolled' | 'measured' | 'arrive') => act(() => result.current[what]()),
    sight: () => result.current.sight,
    at: (index: number) => {
      handle.scrollOffset = index * 600;
    },
  };
}

test('keys that come faster than the list moves are added up', () => {
  const { asked, go } = reader();
  for (const by of [1, 1, -1, 1]) go(by);
  expect(asked()).toEqual([1, 2, 1, 2]);
});

test('a move that the list has given up is asked for again when the cards are measured', () => {
  const { asked, go, tell } = reader();
  go(1);
  tell('measured');
  expect(asked()).toEqual([1, 1]);
  tell('scrolled'); // it goes on by itself
  tell('measured');
  expect(asked()).toEqual([1, 1]);
});

test('the end of the scrolling before it does not take a move for over', () => {
  const { asked, go, tell } = reader();
  go(1);
  tell('scrolled');
  go(1);
  tell('arrive');
  go(1);
  expect(asked()).toEqual([1, 2, 3]);
});

test('who has scrolled elsewhere goes on from there', () => {
  const { asked, go, tell, at, sight } = reader();
  go(1);
  at(5);
  tell('scrolled');
  tell('arrive');
  expect(sight().current).toBe(5);
  go(1);
  expect(asked()).toEqual([1, 6]);
});

test('a jump that was taken back is made once more', () => {
  vi.stubGlobal('matchMedia', () => ({ matches: true })); // no motion: moves are jumps
  const { asked, go, tell, at } = reader();
  go(1);
  at(0);
  tell('scrolled');
  tell('arrive');
  expect(asked()).toEqual([1, 1]);
  tell('scrolled');
  tell('arrive');
  expect(asked()).toEqual([1, 1]);
  go(1);
  at(1);
  tell('scrolled');
  tell('arrive');
  expect(asked()).toEqual([1, 1, 1]);
  vi.unstubAllGlobals();
});
