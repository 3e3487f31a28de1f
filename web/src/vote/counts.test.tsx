import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test, vi } from 'vitest';
import { aPoll, someResults } from '~/test/fakeApi';
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

describe('counts that are not there', () => {
  test('until the poll closes: the live snapshot brings them, nobody fetches', async () => {
    const calls = serve();
    show(aPoll({ resultsVisibility: 'after_close', results: null, myVote: 1 }));
    expect(screen.getByText('Results are shown when the poll closes.')).toBeTruthy();
    expect(screen.getByText('Spaces')).toBeTruthy();
    expect(screen.getByText('your vote')).toBeTruthy();
    noButton('Look now');
    act(() => services.results.offer(someResults([5, 15, 0], 40, 'closed')));
    expect(screen.getByText('This poll is closed.')).toBeTruthy();
    expect(bars()[1]).toBe('Spacesyour vote75.0% 15 votes');
    expect(calls).toHaveLength(0);
  });

  test('because they are still on their way: looked up when asked to', async () => {
    serve({
      [VOTE]: answer(0, null),
      'GET /api/polls/1': {
        status: 200,
        body: aPoll({ myVote: 0, results: someResults([1, 0, 0], 2) }),
      },
    });
    show(aPoll({ resultsVisibility: 'after_vote', results: null }));
    await vote('Tabs');
    expect(await screen.findByText(/not here yet/)).toBeTruthy();
    await userEvent.click(button('Look now'));
    await waitFor(() => expect(bars()[0]).toBe('Tabsyour vote100% 1 vote'));
  });

  test('because the reader skipped, or was too late', () => {
    serve();
    const hidden = { resultsVisibility: 'after_vote', results: null } as const;
    const { unmount } = show(aPoll({ ...hidden, skipped: true }));
    expect(screen.getByText('You skipped this poll.')).toBeTruthy();
    expect(screen.getByText('Only those who voted see the results.')).toBeTruthy();
    unmount();
    show(aPoll({ ...hidden, status: 'closed' }));
    expect(screen.getByText('Only those who voted see the results.')).toBeTruthy();
  });
});

describe('a poll that moves', () => {
  test('closes by itself under the form, and keeps the focus', () => {
    const calls = serve();
    show(aPoll({ results: someResults([1, 0, 0], 3) }));
    act(() => radio('Both').focus());
    act(() => services.results.offer(someResults([2, 0, 0], 4, 'closed')));
    expect(screen.queryByRole('radio')).toBeNull();
    expect(bars()[0]).toBe('Tabs100% 2 votes');
    expect(document.activeElement?.textContent).toMatch(/This poll is closed/);
    expect(calls).toHaveLength(0);
  });

  test('does not take the focus from elsewhere', () => {
    serve();
    show(aPoll());
    act(() => radio('Both').focus());
    act(() => radio('Both').blur());
    act(() => services.results.offer(someResults([2, 0, 0], 4, 'closed')));
    expect(document.activeElement).toBe(document.body);
  });

  test('is followed while it is on the screen', () => {
    serve();
    const track = vi.spyOn(services.live, 'track');
    const { unmount } = show(aPoll(), { onScreen: false });
    expect(track).not.toHaveBeenCalled();
    unmount();
    show(aPoll());
    expect(track).toHaveBeenCalledWith(1);
  });

  test('opens at its time: before there is no form', () => {
    vi.useFakeTimers({ now: Date.parse('2026-05-04T12:00:00Z') });
    serve();
    show(aPoll({ status: 'scheduled', opensAt: '2026-05-04T12:06:00Z', results: null }));
    expect(screen.getByText('(in 6 minutes)')).toBeTruthy();
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.getByText('Spaces')).toBeTruthy();
    act(() => vi.advanceTimersByTime(5 * 60_000 + 10_000));
    expect(screen.getByText('(0:50)')).toBeTruthy();
    act(() => vi.advanceTimersByTime(51_000));
    expect(screen.queryByRole('radio')).toBeNull();
    act(() => vi.advanceTimersByTime(5000)); // no word from the server: it will decide
    expect(radio('Tabs')).toBeTruthy();
    vi.useRealTimers();
  });

  test('opens when the server says so', () => {
    serve();
    show(aPoll({ status: 'scheduled', opensAt: '2999-05-04T12:05:00Z', results: null }));
    act(() => services.results.offer(someResults([0, 0, 0], 2, 'open')));
    expect(radio('Tabs')).toBeTruthy();
  });

  test('none can come any more where the poll is closed', () => {
    serve();
    const { unmount } = show(
      aPoll({ status: 'closed', results: someResults([0, 0, 0], 3, 'closed') }),
    );
    expect(screen.queryByText('No votes yet')).toBeNull();
    unmount();
    show(aPoll({ skipped: true }));
    expect(screen.getByText('No votes yet')).toBeTruthy();
  });
});
