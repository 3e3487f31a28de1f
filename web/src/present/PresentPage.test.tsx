import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { deletionOf } from '~/results/deletion';
import { problem } from '~/test/fakeApi';
import { open, option, POLL, press, RESULTS } from './harness';

test('a poll that is deleted leaves its question, and no code that leads nowhere', async () => {
  const { results } = open('?revealed');
  await screen.findByText('Tabs');
  act(() => results.offer(deletionOf(5)));
  screen.getByRole('heading', { name: 'Tabs or spaces?' });
  expect(screen.getByRole('alert').textContent).toBe('This poll was deleted.');
  expect(screen.queryByRole('img')).toBeNull();
  expect(screen.queryByText('Tabs')).toBeNull();
});

test('hides the counts at first; total and options are there', async () => {
  open();
  await screen.findByRole('heading', { name: 'Tabs or spaces?' });
  expect(option('Spaces').textContent).not.toMatch(/\d/);
  screen.getByText('The result is still hidden');
  expect(screen.getByText('votes').textContent).toBe('votes');
  screen.getByText('3');
});

test('is revealed at once where the address says so', async () => {
  open('?revealed');
  await screen.findByText('66.7%');
  screen.getByText('The result is shown');
  expect(
    screen.getByRole('button', { name: 'Hide the result', pressed: true }),
  ).toBeTruthy();
});

test('follows live results: the final one has its winner', async () => {
  const { results } = open('?revealed');
  await screen.findByText('66.7%');
  expect(screen.queryByText('most votes')).toBeNull();
  const options = [
    { index: 0, votes: 3, percent: 75 },
    { index: 1, votes: 1, percent: 25 },
  ];
  act(() =>
    results.offer({
      ...RESULTS,
      version: 4,
      status: 'closed',
      totalVotes: 4,
      viewers: 7,
      options,
    }),
  );
  screen.getByText('Closed — final result');
  within(option('Tabs')).getByText('most votes');
  expect(within(option('Spaces')).queryByText('most votes')).toBeNull();
  screen.getByText('6'); // without the projector itself
  expect(screen.queryByRole('img', { name: /^QR code/ })).toBeNull(); // it is over
});

test('a draw has no winner', async () => {
  const { results } = open('?revealed');
  await screen.findByText('66.7%');
  const options = RESULTS.options.map(({ index }) => ({ index, votes: 2, percent: 50 }));
  act(() => results.offer({ ...RESULTS, version: 4, status: 'closed', options }));
  screen.getByText('Closed — final result');
  expect(screen.queryByText('most votes')).toBeNull();
});

test('a closed poll stays hidden until it is revealed', async () => {
  open('', {
    'GET /api/polls/5': { body: { ...POLL, status: 'closed' } },
  });
  await screen.findByText('Closed — the result is still hidden (R)');
  await press('r');
  screen.getByText('Closed — final result');
});

test.each([
  ['after_close', 'The result is shown when the poll closes.'],
  ['after_vote', 'Only people who have voted can see the result.'],
])('says why there is nothing to reveal: %s', async (resultsVisibility, why) => {
  open('', {
    'GET /api/polls/5': { body: { ...POLL, resultsVisibility, results: null } },
  });
  await screen.findByText('Spaces');
  expect(screen.queryByText(why)).toBeNull();
  await press('r');
  screen.getByText(why);
});

test('counts down to the closing', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const closesAt = new Date(Date.now() + 65_000).toISOString();
  open('', { 'GET /api/polls/5': { body: { ...POLL, closesAt } } });
  const timer = await screen.findByRole('timer');
  expect(timer.textContent).toBe('Closes in 1:05');
  await waitFor(() => expect(timer.textContent).toBe('Closes in 1:03'));
});

test('says when a scheduled poll opens', async () => {
  const opensAt = new Date(Date.now() + 48 * 3_600_000).toISOString();
  open('', {
    'GET /api/polls/5': { body: { ...POLL, status: 'scheduled', opensAt, results: null } },
  });
  expect((await screen.findByRole('timer')).textContent).toBe('Opens in 2 days');
  screen.getByText('Not open yet');
});

test('says that there is no such poll', async () => {
  open('', {
    'GET /api/polls/5': problem(404, 'not_found'),
  });
  await screen.findByRole('heading', { name: 'This poll cannot be shown' });
});
