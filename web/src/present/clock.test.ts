import { expect, test } from 'vitest';
import { formatLeft, untilNextSecond } from './clock';

const HOUR = 3_600_000;

test.each([
  [-5000, '0:00'],
  [0, '0:00'],
  [1, '0:01'],
  [61_000, '1:01'],
  [HOUR - 1000, '59:59'],
  [HOUR, '1:00:00'],
  [3 * HOUR + 4 * 60_000 + 59_000, '3:04:59'],
  [24 * HOUR - 1000, '23:59:59'],
  [24 * HOUR, null],
])('%d ms are %s', (left, shown) => {
  expect(formatLeft(left)).toBe(shown);
});

test('changes when a second has passed', () => {
  expect(untilNextSecond(1500)).toBe(500);
  expect(untilNextSecond(2000)).toBe(1000);
});
