import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import { deletionOf } from '~/results/deletion';
import { aMe, aPoll, problem, someResults } from '~/test/fakeApi';
import {
  answer,
  bars,
  button,
  noButton,
  radio,
  serve,
  services,
  show,
  VOTE,
  vote,
} from './harness';

describe('a poll that is deleted', () => {
  test.each([
    ['before the vote', { myVote: null }],
    ['after it', { myVote: 1, voteChange: true }],
    ['before it opens', { status: 'scheduled' as const, opensAt: '2036-01-01T00:00:00Z' }],
  ])('says so %s, and offers nothing more', async (_, change) => {
    serve();
    show(aPoll({ ...change, results: someResults([1, 2, 0], 4) }));
    act(() => services.results.offer(deletionOf(1)));
    expect(screen.getByRole('alert').textContent).toBe('This poll was deleted.');
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.queryByRole('button')).toBeNull();
    expect(screen.queryByTestId('bar')).toBeNull();
  });

  test('keeps the focus that was in its form', async () => {
    serve();
    show(aPoll());
    await userEvent.click(radio('Spaces'));
    act(() => services.results.offer(deletionOf(1)));
    expect(document.activeElement?.textContent).toBe('This poll was deleted.');
  });
});

describe('the form', () => {
  test('is a group of radios, named by the title', () => {
    serve();
    show(aPoll());
    const group = screen.getByRole('group', { name: 'Tabs or spaces?' });
    expect(within(group).getAllByRole('radio')).toHaveLength(3);
    for (const option of within(group).getAllByRole('radio'))
      expect(option).toHaveProperty('checked', false);
  });

  test('is named by the heading that it is given', () => {
    serve();
    const { container } = show(aPoll(), { labelledBy: 'heading' });
    expect(screen.getByRole('group', { name: 'Tabs or spaces?' })).toBeTruthy();
    expect(container.querySelector('legend')).toBeNull();
  });

  test('asks for an option first, and leads there', async () => {
    const calls = serve();
    show(aPoll());
    await userEvent.click(button('Vote'));
    expect(screen.getByRole('alert').textContent).toBe('Choose an option first.');
    expect(document.activeElement).toBe(radio('Tabs'));
    await userEvent.click(radio('Spaces'));
    expect(screen.queryByRole('alert')).toBeNull();
    expect(calls).toHaveLength(0);
  });

  test('keeps what was chosen while its card is out of the page', async () => {
    serve();
    const { unmount } = show(aPoll());
    await userEvent.click(radio('Spaces'));
    unmount();
    show(aPoll());
    expect(radio('Spaces')).toHaveProperty('checked', true);
    services.ballots.clear(); // somebody else is here
    expect(services.ballots.unsent.size).toBe(0);
  });

  test('forgets it once it is sent', async () => {
    const results = someResults([0, 1, 0], 10);
    serve({
      [VOTE]: answer(1, [0, 1, 0]),
      'DELETE /api/polls/1/vote': { status: 204 },
    });
    show(aPoll({ voteChange: true, results }));
    await vote('Spaces');
    await userEvent.click(await screen.findByRole('button', { name: 'Take back' }));
    await screen.findByText('Your vote is taken back.');
    expect(screen.queryByRole('radio', { checked: true })).toBeNull();
  });

  test('forgets it where the old vote is to stay', async () => {
    serve();
    show(aPoll({ voteChange: true, myVote: 0 }));
    await userEvent.click(button('Change vote'));
    await userEvent.click(radio('Spaces'));
    await userEvent.click(button('Keep my vote'));
    await userEvent.click(button('Change vote'));
    expect(radio('Tabs')).toHaveProperty('checked', true);
  });

  test('votes by Enter', async () => {
    const calls = serve({ [VOTE]: answer(1, [0, 1, 0]) });
    show(aPoll());
    await userEvent.click(radio('Spaces'));
    await userEvent.keyboard('{Enter}');
    await screen.findByText('Your vote counts.');
    const sent = calls.filter(({ path }) => path.endsWith('/vote'));
    expect(sent.map(({ body }) => body)).toEqual([{ optionIndex: 1 }]);
  });

  test('can be left to watch, and come back to', async () => {
    serve();
    show(aPoll({ results: someResults([3, 1, 0], 4) }));
    await userEvent.click(button('Show results'));
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.getByText('4 votes')).toBeTruthy();
    await userEvent.click(button('Back to voting'));
    expect(radio('Tabs')).toBeTruthy();
    expect(document.activeElement).toBe(radio('Tabs'));
  });

  test('who watches is not led back to voting on a poll that has closed', async () => {
    serve();
    show(aPoll());
    await userEvent.click(button('Show results'));
    act(() => services.results.offer(someResults([1, 0, 0], 5, 'closed')));
    expect(screen.getByText('This poll is closed.')).toBeDefined();
    noButton('Back to voting');
  });

  test('offers no results that the reader may not see', () => {
    serve();
    show(aPoll({ resultsVisibility: 'after_vote', results: null }));
    noButton('Show results');
  });
});

describe('a poll for registered voters', () => {
  const poll = aPoll({ voters: 'registered', results: someResults([1, 0, 0], 2) });

  test('says so to a newcomer before they try', async () => {
    serve();
    show(poll);
    expect(await screen.findByText(/Only people with an account/)).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Create an account' })).toBeTruthy();
    expect(screen.queryByRole('radio')).toBeNull();
    expect(bars()).toHaveLength(3);
  });

  test('is one like others to who is registered', async () => {
    localStorage.setItem('pollux.session', 'yes');
    const calls = serve({
      'GET /api/users/me': { status: 200, body: aMe({ kind: 'user' }) },
    });
    show(poll);
    await waitFor(() => expect(calls).toHaveLength(1));
    expect(radio('Tabs')).toBeTruthy();
    expect(screen.queryByText(/Only people with an account/)).toBeNull();
  });

  test('that refuses a guest after all says why', async () => {
    localStorage.setItem('pollux.session', 'yes');
    serve({
      'GET /api/users/me': [{ status: 200, body: aMe({ kind: 'user' }) }],
      [VOTE]: problem(403, 'forbidden'),
    });
    show(poll);
    await vote('Tabs');
    expect(await screen.findByText(/Only people with an account/)).toBeTruthy();
  });
});
