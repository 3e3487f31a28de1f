import { expect, it } from 'vitest';
import { instantOf, localOf, suggestedTime } from './times';

it('knows the times of this device', () => {
  const ms = new Date(2026, 0, 31, 20, 15).getTime();
  expect(localOf(ms)).toBe('2026-01-31T20:15');
  expect(instantOf('2026-01-31T20:15')).toBe(ms);
  expect(instantOf('')).toBeNull();
});

it('suggests a round time, an hour away', () => {
  expect(suggestedTime(new Date(2026, 0, 31, 23, 1).getTime())).toBe('2026-02-01T00:05');
});
