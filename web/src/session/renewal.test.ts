import { expect, onTestFinished, test, vi } from 'vitest';
import { aMe, fakeApi } from '~/test/fakeApi';
import { testServices } from '~/test/services';
import { keepInUse } from './renewal';
import { meQuery } from './session';

const DAY = 24 * 3600_000;

/** A page that only listens, for as long as the test lets time pass. */
function listen(me: ReturnType<typeof aMe> | null) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  const { client, session } = testServices();
  const calls = fakeApi({ 'GET /api/users/me': { status: 200, body: me } });
  client.setQueryData(meQuery.queryKey, me);
  const stop = keepInUse(session);
  onTestFinished(() => {
    stop();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  return { calls, stop };
}

test('a page that stays open asks now and then, for days', () => {
  const { calls } = listen(aMe({ kind: 'user', username: 'ada' }));
  vi.advanceTimersByTime(9 * 60_000);
  expect(calls).toHaveLength(0);
  vi.advanceTimersByTime(2 * 60_000);
  expect(vi.mocked(fetch)).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(DAY);
  expect(vi.mocked(fetch).mock.calls.length).toBeGreaterThan(100);
});

test('who is nobody has nothing to keep', () => {
  listen(null);
  vi.advanceTimersByTime(DAY);
  expect(vi.mocked(fetch)).not.toHaveBeenCalled();
});

test('what nobody sees is not in use, until it is seen again', () => {
  listen(aMe());
  const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
  vi.advanceTimersByTime(DAY);
  expect(vi.mocked(fetch)).not.toHaveBeenCalled();
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event('visibilitychange'));
  expect(vi.mocked(fetch)).toHaveBeenCalledTimes(1);
  document.dispatchEvent(new Event('visibilitychange'));
  expect(vi.mocked(fetch)).toHaveBeenCalledTimes(1);
});

test('it ends with the page', () => {
  const { stop } = listen(aMe());
  stop();
  vi.advanceTimersByTime(DAY);
  expect(vi.mocked(fetch)).not.toHaveBeenCalled();
});
