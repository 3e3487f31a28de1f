import { describe, expect, test } from 'vitest';
import { formatClock, formatWords, isNear, nextEvent, nextTick } from './countdown';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('what comes next', () => {
  const opensAt = '2026-05-01T10:00:00.000Z';
  const closesAt = '2026-05-02T10:00:00.000Z';

  test('a scheduled poll opens, an open one closes, a closed one rests', () => {
    const poll = { opensAt, closesAt };
    expect(nextEvent(poll, 'scheduled')).toEqual({ kind: 'opens', at: new Date(opensAt) });
    expect(nextEvent(poll, 'open')).toEqual({ kind: 'closes', at: new Date(closesAt) });
    expect(nextEvent(poll, 'closed')).toBeNull();
  });

  test('nothing is planned without a time', () => {
    expect(nextEvent({ opensAt: null, closesAt }, 'scheduled')).toBeNull();
    expect(nextEvent({ opensAt, closesAt: null }, 'open')).toBeNull();
  });
});

test('seconds are shown from five minutes on', () => {
  expect(isNear(5 * MINUTE)).toBe(true);
  expect(isNear(5 * MINUTE + 1)).toBe(false);
  expect(formatClock(5 * MINUTE)).toBe('5:00');
  expect(formatClock(61 * SECOND)).toBe('1:01');
  expect(formatClock(1)).toBe('0:01');
  expect(formatClock(-SECOND)).toBe('0:00');
});

test.each([
  [5 * MINUTE + 1, 'in 6 minutes', 'in 6 Minuten'],
  [89 * MINUTE, 'in 89 minutes', 'in 89 Minuten'],
  [90 * MINUTE, 'in 2 hours', 'in 2 Stunden'],
  [35 * HOUR, 'in 35 hours', 'in 35 Stunden'],
  [36 * HOUR, 'in 2 days', 'in 2 Tagen'],
  [10 * DAY, 'in 10 days', 'in 10 Tagen'],
])('%i ms are %s', (left, english, german) => {
  expect(formatWords('en', left)).toBe(english);
  expect(formatWords('de', left)).toBe(german);
});

test('the clock is looked at each second when it is near, else each minute', () => {
  expect(nextTick(2 * DAY + 300)).toBe(300);
  expect(nextTick(2 * DAY)).toBe(MINUTE);
  expect(nextTick(5 * MINUTE)).toBe(SECOND);
  expect(nextTick(4.25 * SECOND)).toBe(250);
  expect(nextTick(1)).toBe(1);
  expect(nextTick(0)).toBeNull();
});
