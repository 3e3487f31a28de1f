import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { api } from '~/api/client';
import { fakeApi } from '~/test/fakeApi';
import { heard, now } from './clock';

const START = Date.parse('2026-05-01T10:00:00.000Z');
const MINUTE = 60_000;

/** An answer that took so long, of a server whose clock is so far ahead. */
function answer(aheadMs: number, tookMs: number): void {
  const sentAt = Date.now();
  vi.advanceTimersByTime(tookMs / 2);
  const date = new Date(Date.now() + aheadMs).toUTCString();
  vi.advanceTimersByTime(tookMs / 2);
  heard(date, sentAt);
}

/** In ms, as far as whole seconds can tell. */
function expectAhead(ms: number): void {
  expect(Math.abs(now() - Date.now() - ms)).toBeLessThanOrEqual(500);
}

beforeEach(() => void vi.useFakeTimers({ now: START + 300 }));
afterEach(() => {
  answer(0, 0);
  vi.useRealTimers();
});

describe("the server's time", () => {
  test("is the device's, where they differ by no more than a header can tell", () => {
    for (const ahead of [0, 1400, -1400]) {
      answer(ahead, 20);
      expect(now()).toBe(Date.now());
    }
  });

  test.each([10 * MINUTE, -6 * MINUTE, 3000, -3000])('is %i ms ahead', (ahead) => {
    answer(ahead, 20);
    expectAhead(ahead);
  });

  test('is what the quickest answer says', () => {
    answer(10 * MINUTE, 20);
    const known = now() - Date.now();
    heard(new Date(Date.now() + 10 * MINUTE).toUTCString(), Date.now() - 1500); // slow
    expect(now() - Date.now()).toBe(known);
  });

  test('is another one when a clock was set', () => {
    answer(10 * MINUTE, 20);
    answer(0, 800);
    expect(now()).toBe(Date.now());
  });

  test('is not told by an answer without a date', () => {
    answer(10 * MINUTE, 20);
    heard(null, Date.now());
    expectAhead(10 * MINUTE);
  });

  test('comes with every answer of the API', async () => {
    const headers = { Date: new Date(START - 10 * MINUTE).toUTCString() };
    fakeApi({ 'GET /api/tags': { status: 200, body: [], headers } });
    await api.GET('/api/tags');
    expectAhead(-10 * MINUTE);
  });
});
