import { expect, it } from 'vitest';
import { endsTag, newTags } from './tags';

it('reads tags as they are typed', () => {
  expect(newTags(['food'], ' #Fun, food;fun c-99\tFOOD')).toEqual(['fun', 'c-99']);
  expect(newTags([], ' , ')).toEqual([]);
  expect(['fun', 'fun,', 'fun ', ' '].map(endsTag)).toEqual([false, true, true, false]);
});
