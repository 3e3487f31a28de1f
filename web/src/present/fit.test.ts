import { expect, test } from 'vitest';
import { bestLayout, firstDivision, largestThatFits } from './fit';

test('takes the largest size that fits, to half a pixel', () => {
  const size = largestThatFits(10, 100, (tried) => tried <= 42);
  expect(size).toBeGreaterThan(41.4);
  expect(size).toBeLessThanOrEqual(42);
});

test('takes no more than it may, and says when nothing fits', () => {
  expect(largestThatFits(10, 100, () => true)).toBe(100);
  expect(largestThatFits(10, 100, () => false)).toBeNull();
});

test('takes a further column only where it is worth it', () => {
  const sizes = (...all: (number | null)[]) => bestLayout(3, (n) => all[n - 1] ?? null);
  expect(sizes(30, 39, 39)).toEqual({ columns: 1, size: 30 });
  expect(sizes(30, 41, 42)).toEqual({ columns: 2, size: 41 });
  expect(sizes(30, 31, 50)).toEqual({ columns: 3, size: 50 });
  expect(sizes(null, 9, null)).toEqual({ columns: 2, size: 9 });
  expect(sizes(null, null, null)).toBeNull();
});

test('takes no more columns than it may', () => {
  expect(bestLayout(2, (columns) => columns * 10)).toEqual({ columns: 2, size: 20 });
});

test('says what a further column needs to win, so that no more is tried than that', () => {
  const asked: number[] = [];
  bestLayout(3, (columns, toWin) => {
    asked.push(toWin);
    return columns * 10;
  });
  expect(asked).toEqual([0, 13.5, 27]);
});

test('divides words only where they do not fit undivided, and then by their language', () => {
  const box = { style: {} as CSSStyleDeclaration };
  const tried: [string, string, number][] = [];
  const fitsAt = (n: number) => (least: number) => {
    tried.push([box.style.overflowWrap, box.style.hyphens, least]);
    return tried.length === n ? n : null;
  };
  expect(firstDivision(box, 10, fitsAt(1))).toBe(1);
  expect(tried).toEqual([['normal', 'manual', 15]]);
  tried.length = 0;
  expect(firstDivision(box, 10, fitsAt(9))).toBeNull();
  expect(tried).toEqual([
    ['normal', 'manual', 15],
    ['normal', 'auto', 10],
    ['anywhere', 'auto', 10],
  ]);
});
