import { expect, it } from 'vitest';
import { placeOf, withPasted } from './order';

it.each([
  [10, 0],
  [51, 1],
  [150, 1],
  [999, 3],
])('a row with its middle at %d belongs at %d', (middle, place) => {
  expect(placeOf(middle, [50, 150, 250])).toBe(place);
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
