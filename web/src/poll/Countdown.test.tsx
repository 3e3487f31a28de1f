import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Countdown } from './Countdown';
import { pollOf, serve, show } from './harness';

const NOW = Date.parse('2026-05-01T10:00:00.000Z');
const pollIn = (ms: number, key: 'opensAt' | 'closesAt' = 'closesAt') =>
  pollOf({ [key]: new Date(NOW + ms).toISOString() });
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));
const passSeconds = (count: number) => {
  for (let i = 0; i < count; i++) pass(1000);
};

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

test('counts minutes, then seconds, then waits for the server without asking it', () => {
  const { asked } = serve({});
  show(<Countdown poll={pollIn(6 * 60_000 + 500)} status="open" />);
  const timer = screen.getByRole('timer');
  expect(timer.textContent).toBe('Closes in 7 minutes');
  pass(500);
  expect(timer.textContent).toBe('Closes in 6 minutes');
  pass(60_000);
  expect(timer.textContent).toBe('Closes in 5:00');
  pass(1000);
  expect(timer.textContent).toBe('Closes in 4:59');
  passSeconds(298);
  expect(timer.textContent).toBe('Closes in 0:01');
  passSeconds(1);
  expect(timer.textContent).toBe('Closing now…');
  pass(60_000);
  expect(timer.textContent).toBe('Closing now…');
  expect(asked()).toEqual([]);
});

test('a poll to come counts to its opening', () => {
  show(<Countdown poll={pollIn(1000, 'opensAt')} status="scheduled" />);
  const timer = screen.getByRole('timer');
  expect(timer.textContent).toBe('Opens in 0:01');
  pass(1000);
  expect(timer.textContent).toBe('Opening now…');
});

test('no time, no countdown', () => {
  show(<Countdown poll={pollOf()} status="open" />);
  expect(screen.queryByRole('timer')).toBeNull();
});
