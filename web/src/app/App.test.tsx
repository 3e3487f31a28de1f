/** The page as a whole: which screen an address leads to, and what is asked for meanwhile. */
import { render, screen } from '@testing-library/react';
import { beforeEach, expect, test, vi } from 'vitest';
import { aPoll, type Call, fakeApi } from '~/test/fakeApi';
import { later } from '~/test/later';
import { App } from './App';

const code = vi.hoisted(() => ({ comes: Promise.resolve() }));
vi.mock('~/poll/PollPage', async (importOriginal) => {
  await code.comes;
  return importOriginal();
});
/** What comes after the first sight stays away: it would come when the test is over. */
vi.mock('~/loading/firstSight', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  soonAfterFirstSight: () => new Promise(() => {}),
}));

beforeEach(() => void vi.stubGlobal('requestAnimationFrame', () => 0)); // nothing connects

test('a poll is asked for once, while the code of its page is on the way', async () => {
  history.replaceState(null, '', '/p/7');
  const poll = aPoll({ id: 7, title: 'Tea or coffee?' });
  const { promise, keep } = later();
  code.comes = promise;
  let wasWaiting = false;
  const calls: Call[] = fakeApi({
    'GET /api/polls/7': () => {
      wasWaiting = screen.queryByText('Loading…') !== null;
      keep();
      return { status: 200, body: poll };
    },
  });
  render(<App />);
  await screen.findByRole('heading', { name: 'Tea or coffee?' });
  expect(wasWaiting).toBe(true);
  expect(calls.filter(({ path }) => path === '/api/polls/7')).toHaveLength(1);
});
