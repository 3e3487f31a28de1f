/** The leaderboard: its order, where it comes from, and what is said about it. */
import { act, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { show } from '~/account/testing';
import { type Answer, fakeApi, problem } from '~/test/fakeApi';
import { addressOf, isLiveKind, shownOf } from './address';
import { LeaderboardPage } from './LeaderboardPage';
import { newsOf, type Place } from './news';

const place = (id: number, rank: number, votes: number, totalVotes = votes): Place => ({
  poll: { id, title: `Poll ${id}` },
  rank,
  votes,
  totalVotes,
});

describe('the address', () => {
  it.each([
    ['', { window: 'all', tag: null }],
    ['?window=hour', { window: 'hour', tag: null }],
    ['?window=day&tag=music', { window: 'day', tag: 'music' }],
    ['?window=year&tag=', { window: 'all', tag: null }],
  ])('%j is understood', (search, shown) => expect(shownOf(search)).toEqual(shown));

  it.each([
    ['/leaderboard', { window: 'all', tag: null }],
    ['/leaderboard?window=hour', { window: 'hour', tag: null }],
    ['/leaderboard?tag=c', { window: 'all', tag: 'c' }],
  ] as const)('%j is made', (address, shown) => expect(addressOf(shown)).toBe(address));

  it.each([
    [true, { window: 'all', tag: null }],
    [false, { window: 'day', tag: null }],
    [false, { window: 'all', tag: 'c' }],
  ] as const)('live: %j', (isLive, shown) => expect(isLiveKind(shown)).toBe(isLive));
});

describe('newsOf', () => {
  const before = [place(1, 1, 9), place(2, 2, 8), place(3, 3, 7)];

  it('says nothing of more votes in the same order', () => {
    expect(newsOf(before, [place(1, 1, 12), place(2, 2, 11), place(3, 3, 9)])).toBeNull();
  });

  it('says who leads now, before all', () => {
    const after = [place(3, 1, 20), place(1, 2, 9), place(4, 3, 8)];
    expect(newsOf(before, after)).toEqual({ kind: 'leads', title: 'Poll 3', rank: 1 });
  });

  it('says who climbs, not who falls', () => {
    const after = [place(1, 1, 9), place(3, 2, 9), place(2, 3, 8)];
    expect(newsOf(before, after)).toEqual({ kind: 'climbs', title: 'Poll 3', rank: 2 });
  });

  it('says who is new', () => {
    const after = [place(1, 1, 9), place(4, 2, 9), place(2, 3, 8)];
    expect(newsOf(before, after)).toEqual({ kind: 'enters', title: 'Poll 4', rank: 2 });
  });

  it('says nothing where nothing is left', () => {
    expect(newsOf(before, [])).toBeNull();
  });
});

describe('the screen', () => {
  const board = (...items: Place[]) => ({ body: { items } });
  const titles = () =>
    screen.getAllByRole('link', { name: /^Poll/ }).map((link) => link.textContent);
  const open = (search = '') => show(`/leaderboard${search}`, <LeaderboardPage />);

  function serveBoards(boards: Record<string, Answer | (() => Answer | Promise<Answer>)>) {
    return fakeApi({ 'GET /api/tags': { body: [{ tag: 'music', polls: 2 }] }, ...boards });
  }
  const ALL = 'GET /api/leaderboard?window=all&limit=10';
  const HOUR = 'GET /api/leaderboard?window=hour&limit=10';

  beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
  afterEach(() => vi.useRealTimers());

  it('shows the polls in order, with votes and bars against the first', async () => {
    serveBoards({ [ALL]: board(place(1, 1, 40), place(2, 2, 10), place(3, 3, 1)) });
    open();
    await screen.findByRole('link', { name: 'Poll 1' });
    expect(titles()).toEqual(['Poll 1', 'Poll 2', 'Poll 3']);
    const items = screen
      .getAllByRole('link', { name: /^Poll/ })
      .map((l) => l.closest('li'));
    expect(items.map((li) => li?.textContent)).toEqual([
      '1Poll 140 votes',
      '2Poll 210 votes',
      '3Poll 31 vote',
    ]);
    const bars = items.map(
      (li) => li?.querySelector<HTMLElement>('[style]')?.style.transform,
    );
    expect(bars).toEqual(['scaleX(1)', 'scaleX(0.25)', 'scaleX(0.025)']);
    expect(screen.getByRole('link', { name: 'Poll 2' }).getAttribute('href')).toBe('/p/2');
  });

  it('counts the votes of the hour, and tells all beside them', async () => {
    serveBoards({ [HOUR]: board(place(1, 1, 4, 400), place(2, 2, 2, 900)) });
    open('?window=hour');
    const link = await screen.findByRole('link', { name: 'Poll 2' });
    const line = link.closest('li');
    expect(line?.textContent).toContain('2 votes');
    expect(line?.textContent).toContain('900 in all');
    expect(line?.querySelector<HTMLElement>('[style]')?.style.transform).toBe(
      'scaleX(0.5)',
    );
  });

  it('asks for a window again and again, until another is chosen', async () => {
    const asked = serveBoards({ [HOUR]: board(place(1, 1, 4)), [ALL]: board() });
    const hours = () => asked.filter(({ what }) => what === HOUR).length;
    const { user } = open('?window=hour');
    await screen.findByRole('link', { name: 'Poll 1' });
    expect(hours()).toBe(1);
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    await waitFor(() => expect(hours()).toBe(2));
    await user.click(screen.getByRole('link', { name: 'All time' }));
    expect(location.search).toBe('');
    await screen.findByText(/The first vote leads/);
    await act(() => vi.advanceTimersByTimeAsync(30_000));
    expect(hours()).toBe(2);
  });

  it('takes the list of all time from the live connection, and asks no more', async () => {
    const asked = serveBoards({ [ALL]: board(place(1, 1, 4), place(2, 2, 3)) });
    const { services } = open();
    await screen.findByRole('link', { name: 'Poll 1' });
    expect(services.live.wishes().leaderboard).toBe(true);
    act(() => {
      services.live.enter('live');
      services.live.take({
        type: 'leaderboard',
        version: 7,
        items: [place(2, 1, 5), place(1, 2, 4)],
      });
    });
    await waitFor(() => expect(titles()).toEqual(['Poll 2', 'Poll 1']));
    expect(screen.getByText(/^Live:/)).toBeTruthy();
    const before = asked.length;
    await act(() => vi.advanceTimersByTimeAsync(30_000));
    expect(asked.length).toBe(before);
  });

  it('promises no more than a connection keeps that has to ask for the list', async () => {
    const asked = serveBoards({ [ALL]: board(place(1, 1, 4)) });
    const { services } = open();
    await screen.findByRole('link', { name: 'Poll 1' });
    act(() => {
      services.live.enter('live');
      services.live.take({ type: 'leaderboard', items: [place(1, 1, 5)] });
    });
    await screen.findByText('5 votes');
    expect(screen.getByText(/^The list is refreshed every 10 seconds/)).toBeTruthy();
    const before = asked.length;
    await act(() => vi.advanceTimersByTimeAsync(30_000));
    expect(asked.length).toBe(before); // the connection does that
  });

  it('asks again while the live connection is away, but not when it is paused', async () => {
    const asked = serveBoards({ [ALL]: board(place(1, 1, 4)) });
    const alls = () => asked.filter(({ what }) => what === ALL).length;
    const { services } = open();
    await screen.findByRole('link', { name: 'Poll 1' });
    act(() => {
      services.live.enter('live');
      services.live.take({ type: 'leaderboard', items: [place(1, 1, 5)] });
      services.live.enter('reconnecting');
    });
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    await waitFor(() => expect(alls()).toBe(2));
    act(() => services.live.enter('paused'));
    await act(() => vi.advanceTimersByTimeAsync(30_000));
    expect(alls()).toBe(2);
  });

  it('is not set back by an answer that was asked for before', async () => {
    let answer: (answer: Answer) => void = () => {};
    serveBoards({ [ALL]: () => new Promise<Answer>((resolve) => (answer = resolve)) });
    const { services } = open();
    await waitFor(() => expect(services.live.wishes().leaderboard).toBe(true));
    act(() => {
      services.live.enter('live');
      services.live.take({ type: 'leaderboard', items: [place(1, 1, 9)] });
    });
    expect(await screen.findByText('9 votes')).toBeTruthy();
    await act(async () => {
      answer(board(place(1, 1, 4)));
      await vi.advanceTimersByTimeAsync(100);
    });
    expect(screen.getByText('9 votes')).toBeTruthy();
  });

  it('does not follow the live list where a tag is chosen', async () => {
    serveBoards({
      'GET /api/leaderboard?window=all&limit=10&tag=music': board(place(5, 1, 2)),
      [ALL]: board(),
    });
    const { services, user } = open();
    await screen.findByRole('option', { name: 'music' });
    await user.selectOptions(screen.getByRole('combobox', { name: 'Tag' }), 'music');
    expect(await screen.findByRole('link', { name: 'Poll 5' })).toBeTruthy();
    expect(location.search).toBe('?tag=music');
    expect(services.live.wishes().leaderboard).toBe(false);
  });

  it('says what has changed, seldom', async () => {
    serveBoards({ [ALL]: board(place(1, 1, 4), place(2, 2, 3)) });
    const { services } = open();
    await screen.findByRole('link', { name: 'Poll 1' });
    act(() => services.live.enter('live'));
    const take = (...items: Place[]) =>
      act(() => services.live.take({ type: 'leaderboard', items }));
    take(place(2, 1, 5), place(1, 2, 4));
    expect(screen.queryByText('“Poll 2” is first now.')).toBeNull();
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    const said = screen.getByText('“Poll 2” is first now.');
    expect(said.getAttribute('role')).toBe('status');
    await act(() => vi.advanceTimersByTimeAsync(10_000));
    expect(said.textContent).toBe('');
  });

  it('says why there is no list', async () => {
    serveBoards({ [ALL]: problem(500, 'internal', { detail: 'Out of order.' }) });
    open();
    expect((await screen.findByRole('alert')).textContent).toBe(
      'Something has failed on the server. Try again.',
    );
    expect(screen.queryByText(/The first vote leads/)).toBeNull();
  });

  describe('moves its lines', () => {
    const animate = vi.fn();
    beforeEach(() => {
      animate.mockReset();
      vi.spyOn(HTMLElement.prototype, 'offsetTop', 'get').mockImplementation(function (
        this: HTMLElement,
      ) {
        return 50 * [...(this.parentElement?.children ?? [])].indexOf(this);
      });
      HTMLElement.prototype.animate = animate;
    });

    const swap = async () => {
      serveBoards({ [ALL]: board(place(1, 1, 4), place(2, 2, 3), place(3, 3, 1)) });
      const { services } = open();
      await screen.findByRole('link', { name: 'Poll 1' });
      expect(animate).not.toHaveBeenCalled();
      const items = [place(2, 1, 5), place(1, 2, 4), place(3, 3, 1)];
      act(() => services.live.take({ type: 'leaderboard', items }));
      await waitFor(() => expect(titles()[0]).toBe('Poll 2'));
    };

    it('from where they were', async () => {
      await swap();
      const moved = animate.mock.contexts.map((line) => (line as HTMLElement).dataset.key);
      const from = animate.mock.calls.map(([frames]) => frames[0].transform);
      expect(moved).toEqual(['2', '1']);
      expect(from).toEqual(['translateY(50px)', 'translateY(-50px)']);
    });

    it('not for those who want it still', async () => {
      vi.spyOn(window, 'matchMedia').mockReturnValue({ matches: true } as MediaQueryList);
      await swap();
      expect(animate).not.toHaveBeenCalled();
    });
  });

  it('has no lines where there is nothing', async () => {
    serveBoards({ [ALL]: board() });
    open();
    await screen.findByText(/The first vote leads/);
    expect(screen.queryAllByRole('link', { name: /^Poll/ })).toEqual([]);
  });
});
