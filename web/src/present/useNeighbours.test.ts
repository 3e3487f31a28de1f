import { expect, test } from 'vitest';
import { neighboursOf } from './useNeighbours';

const NEWEST_FIRST = [{ id: 9 }, { id: 5 }, { id: 2 }];

test('the next poll is the one that was made next', () => {
  expect(neighboursOf(5, NEWEST_FIRST)).toEqual({ before: 2, after: 9 });
});

test('the newest has none after it, the oldest none before', () => {
  expect(neighboursOf(9, NEWEST_FIRST)).toEqual({ before: 5, after: null });
  expect(neighboursOf(2, NEWEST_FIRST)).toEqual({ before: null, after: 5 });
});

test('what is not among them has none', () => {
  expect(neighboursOf(7, NEWEST_FIRST)).toEqual({ before: null, after: null });
});
