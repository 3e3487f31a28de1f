import { expect, test } from 'vitest';
import { directionOf } from './direction';

test.each([
  ['rtl', ['עברית', 'English']],
  ['rtl', ['2 שנים', '3']],
  ['rtl', ['42', '١٢ نعم']],
  ['ltr', ['English', 'עברית']],
  ['ltr', ['日本語', 'עברית']],
  ['ltr', ['1', '2', '👍']],
])('%s: %j', (direction, texts) => {
  expect(directionOf(texts.map((text) => ({ text })))).toBe(direction);
});
