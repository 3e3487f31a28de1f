import { expect, it } from 'vitest';
import { placeOf, withPasted } from './order';

/** Four rows of 100, of which one is dragged to where its top is. */
it.each([
  [0, -30, 0],
  [0, 49, 0],
  [0, 51, 1],
  [0, 151, 2],
  [0, 999, 3],
  [3, 300, 3],
  [3, 249, 2],
  [3, 51, 1],
  [3, 49, 0],
  [1, 149, 1],
  [1, 151, 2],
  [1, 51, 1],
  [1, 49, 0],
])('row %d with its top at %d belongs at %d', (from, top, place) => {
  const middles = [50, 150, 250, 350].filter((_, i) => i !== from);
  expect(placeOf(from, { top, bottom: top + 100 }, middles)).toBe(place);
});

it('lets pasted lines follow the option they were pasted into', () => {
  expect(withPasted(['a', '', 'z', ''], 1, ['b', 'c'], 20)).toEqual({
    options: ['a', 'b', 'c', 'z'],
    last: 2,
    left: 0,
  });
});

it('takes as many lines as there is room for', () => {
  expect(withPasted(['a', 'b', ''], 0, ['1', '2', '3', '4'], 4)).toEqual({
    options: ['1', '2', '3', 'b'],
    last: 2,
    left: 1,
  });
});
