/** The page as a whole: which screen an address leads to, and what is asked for meanwhile. */
import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { aPoll, type Call, fakeApi } from '~/test/fakeApi';
import { App } from './App';

test('a poll is asked for once, while the code of its page is on the way', async () => {
  history.replaceState(null, '', '/p/7');
  const poll = aPoll({ id: 7, title: 'Tea or coffee?' });
  let wasWaiting = false;
  const calls: Call[] = fakeApi({
    'GET /api/polls/7': () => {
      wasWaiting = screen.queryByText('Loading…') !== null;
      return { status: 200, body: poll };
    },
  });
  render(<App />);
  await screen.findByRole('heading', { name: 'Tea or coffee?' }, { timeout: 5000 });
  expect(wasWaiting).toBe(true);
  expect(calls.filter(({ path }) => path === '/api/polls/7')).toHaveLength(1);
});
