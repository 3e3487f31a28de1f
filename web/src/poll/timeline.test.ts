import { describe, expect, test } from 'vitest';
import { resultsOf } from './harness';
import { lineStyle } from './lineStyle';
import { bucketFor, coarserThan, linesOf, rowsOf, type Stats } from './timeline';

const HOUR = 3_600_000;

function statsOf(timeline: Stats['timeline'], lastVoteAt: string | null): Stats {
  const more = { skips: 0, firstVoteAt: timeline[0]?.start ?? null, lastVoteAt, timeline };
  return { ...resultsOf([4, 2]), ...more };
}

const GAP = statsOf(
  [
    { start: '2026-01-01T10:00:00.000Z', votes: [1, 0] },
    { start: '2026-01-01T10:01:00.000Z', votes: [2, 1] },
    { start: '2026-01-01T10:05:00.000Z', votes: [1, 1] },
  ],
  '2026-01-01T10:05:20.000Z',
);
const at = (time: string) => Date.parse(`2026-01-01T${time}.000Z`) / 1000;

describe('the bucket goes with the age', () => {
  const createdAt = '2026-01-01T00:00:00.000Z';
  const ofAge = (hours: number, opensAt: string | null = null) =>
    bucketFor({ createdAt, opensAt }, Date.parse(createdAt) + hours * HOUR);

  test('of the poll', () => {
    expect(ofAge(5.9)).toBe('minute');
    expect(ofAge(6)).toBe('hour');
    expect(ofAge(239)).toBe('hour');
    expect(ofAge(240)).toBe('day');
  });

  test('since it opened', () => {
    expect(ofAge(241, '2026-01-10T23:00:00.000Z')).toBe('minute');
  });

  test('and a coarser one is at hand', () => {
    expect(coarserThan('minute')).toBe('hour');
    expect(coarserThan('hour')).toBe('day');
    expect(coarserThan('day')).toBeUndefined();
  });
});

test('rows add up', () => {
  expect(rowsOf(GAP).map(({ totals }) => totals)).toEqual([
    [1, 0],
    [3, 1],
    [4, 2],
  ]);
});

test('lines rise within a bucket, rest in between, and end with the last vote', () => {
  const [times, ...heights] = linesOf(GAP, 'minute');
  const expected = ['10:00:00', '10:01:00', '10:02:00', '10:05:00', '10:05:20'];
  expect(times).toEqual(expected.map(at));
  expect(heights).toEqual([
    [0, 1, 3, 3, 4],
    [0, 0, 1, 1, 2],
  ]);
});

test('a last vote that lies before the last bucket does not bend time', () => {
  const { timeline } = GAP;
  const [times] = linesOf(statsOf(timeline, '2026-01-01T10:01:20.000Z'), 'minute');
  expect(times).toEqual(
    ['10:00:00', '10:01:00', '10:01:20', '10:05:00', '10:06:00'].map(at),
  );
});

test('a line without votes has no points', () => {
  expect(linesOf(statsOf([], null), 'hour')).toEqual([[], [], []]);
});

test('twenty lines differ, and neighbours differ in colour and in dashes', () => {
  const styles = Array.from({ length: 20 }, (_, option) => lineStyle(option));
  expect(new Set(styles.map((style) => JSON.stringify(style))).size).toBe(20);
  styles.slice(1).forEach((style, before) => {
    expect(style.color).not.toBe(styles[before]?.color);
    expect(style.dash).not.toEqual(styles[before]?.dash);
  });
});
