/** What is one's own: votes and polls. */
import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answer, fakeApi, problem } from '~/test/fakeApi';
import { AccountPage } from './AccountPage';
import { ADA, rememberSession, show } from './testing';

let isOnScreen = true;
beforeEach(() => {
  isOnScreen = true;
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(private readonly tell: IntersectionObserverCallback) {}
      observe() {
        const entry = { isIntersecting: isOnScreen } as IntersectionObserverEntry;
        this.tell([entry], this as unknown as IntersectionObserver);
      }
      disconnect() {}
    },
  );
});

const open = (tab: string) => show(`/account${tab}`, <AccountPage />);
const button = (name: string) => screen.getByRole('button', { name });

function serveAda(more: Record<string, Answer | (() => Answer)>) {
  rememberSession();
  return fakeApi({ 'GET /api/users/me': { body: ADA }, ...more });
}

const vote = (id: number) => ({
  poll: { id, title: `Poll ${id}` },
  optionIndex: 1,
  votedAt: '2026-02-03T10:00:00.000Z',
});

const poll = (id: number, change: object = {}) => ({
  id,
  title: `Poll ${id}`,
  description: null,
  options: [
    { index: 0, text: 'Tea' },
    { index: 1, text: 'Coffee' },
  ],
  tags: [],
  owner: { id: ADA.id, username: 'ada' },
  status: 'open',
  createdAt: '2026-02-01T10:00:00.000Z',
  opensAt: null,
  closesAt: null,
  resultsVisibility: 'always',
  voteChange: false,
  voters: 'anyone',
  myVote: 1,
  skipped: false,
  results: {
    pollId: id,
    version: 5,
    status: 'open',
    totalVotes: 3,
    options: [
      { index: 0, votes: 1, percent: 33.3 },
      { index: 1, votes: 2, percent: 66.7 },
    ],
  },
  ...change,
});

describe('my votes', () => {
  const pages = {
    'GET /api/users/me/votes': { body: { items: [vote(1), vote(2)], nextCursor: 'two' } },
    'GET /api/users/me/votes?cursor=two': { body: { items: [vote(3)], nextCursor: null } },
    'GET /api/polls/2': { body: poll(2) },
  };

  it('come page by page', async () => {
    serveAda(pages);
    const { user } = open('?tab=votes');
    await user.click(await screen.findByRole('button', { name: 'Load more' }));
    const third = await screen.findByRole('link', { name: 'Poll 3' });
    expect(third.getAttribute('href')).toBe('/p/3');
    await waitFor(() => expect(document.activeElement).toBe(third));
    expect(
      screen.getAllByRole('listitem').map((li) => li.querySelector('a')?.text),
    ).toEqual(expect.arrayContaining(['Poll 1', 'Poll 2', 'Poll 3']));
    expect(screen.queryByRole('button', { name: 'Load more' })).toBeNull();
  });

  it('ask for a poll when its line is opened, not before', async () => {
    const asked = serveAda(pages);
    const { user } = open('?tab=votes');
    const more = await screen.findByRole('button', { name: 'Show my choice: Poll 2' });
    expect(asked.some(({ what }) => what.startsWith('GET /api/polls/'))).toBe(false);
    await user.click(more);
    const bars = await screen.findAllByTestId('bar');
    expect(bars.map((bar) => bar.textContent?.includes('your vote'))).toEqual([
      false,
      true,
    ]);
    expect(
      asked.map(({ what }) => what).filter((w) => w.startsWith('GET /api/polls')),
    ).toEqual(['GET /api/polls/2']);
    await user.click(button('Hide my choice: Poll 2'));
    expect(screen.queryByTestId('bar')).toBeNull();
  });

  it('say that a poll is gone', async () => {
    serveAda(pages);
    const { user } = open('?tab=votes');
    await user.click(await screen.findByRole('button', { name: 'Show my choice: Poll 1' }));
    expect((await screen.findByRole('alert')).textContent).toMatch(/no such thing/);
  });

  it('can be asked for again', async () => {
    let answer: Answer = problem(500, 'internal');
    serveAda({ 'GET /api/users/me/votes': () => answer });
    const { user } = open('?tab=votes');
    const again = await screen.findByRole('button', { name: 'Try again' });
    answer = { body: { items: [vote(1)], nextCursor: null } };
    await user.click(again);
    expect(await screen.findByRole('link', { name: 'Poll 1' })).toBeTruthy();
  });
});

describe('my polls', () => {
  const list = (...items: object[]) => ({ body: { items, nextCursor: null } });

  it('show how they stand, live', async () => {
    serveAda({ 'GET /api/users/me/polls': list(poll(1)) });
    const { services } = open('?tab=polls');
    expect(await screen.findByText('3 votes')).toBeTruthy();
    await waitFor(() => expect(services.live.wishes().polls).toEqual([1]));
    const { results } = poll(1);
    act(() => {
      services.results.offer({ ...results, status: 'closed', version: 6, totalVotes: 4 });
    });
    expect(screen.getByText('4 votes')).toBeTruthy();
    const line = screen.getByRole('link', { name: 'Poll 1' }).closest('li');
    expect(line?.textContent).toContain('Closed');
  });

  it('are not followed while they are not on the screen', async () => {
    isOnScreen = false;
    serveAda({ 'GET /api/users/me/polls': list(poll(1)) });
    const { services } = open('?tab=polls');
    await screen.findByRole('button', { name: 'Delete' });
    expect(services.live.wishes().polls).toEqual([]);
  });

  it('are filtered by their state, in the address', async () => {
    const asked = serveAda({
      'GET /api/users/me/polls': list(poll(1)),
      'GET /api/users/me/polls?status=closed': list(),
    });
    const { user } = open('?tab=polls');
    await screen.findByRole('link', { name: 'Poll 1' });
    await user.click(screen.getByRole('link', { name: 'Closed' }));
    expect(await screen.findByText('None of your polls is in this state.')).toBeTruthy();
    expect(location.search).toBe('?tab=polls&status=closed');
    expect(asked.map(({ what }) => what)).toContain(
      'GET /api/users/me/polls?status=closed',
    );
  });

  it('are gone from the list once they are deleted', async () => {
    let items = [poll(1), poll(2)];
    const asked = serveAda({
      'GET /api/users/me/polls': () => list(...items),
      'DELETE /api/polls/1': () => {
        items = [poll(2)];
        return { status: 204 };
      },
      'DELETE /api/polls/2': { status: 204 },
    });
    const { user } = open('?tab=polls');
    const [first] = await screen.findAllByRole('button', { name: 'Delete' });
    if (first) await user.click(first);
    await user.click(await screen.findByRole('button', { name: 'Delete for good' }));
    await waitFor(() => expect(screen.queryByRole('link', { name: 'Poll 1' })).toBeNull());
    expect(document.activeElement).toBe(screen.getByRole('link', { name: 'Poll 2' }));
    expect(asked.map(({ what }) => what)).toContain('DELETE /api/polls/1');
    items = [];
    await user.click(button('Delete'));
    await user.click(await screen.findByRole('button', { name: 'Delete for good' }));
    await waitFor(() => expect(document.activeElement?.tagName).toBe('H1'));
  });

  it('are closed from the list', async () => {
    const results = { ...poll(1).results, status: 'closed', version: 6 };
    const closed = poll(1, { status: 'closed', results });
    let item = poll(1);
    serveAda({
      'GET /api/users/me/polls': () => list(item),
      'POST /api/polls/1/close': () => {
        item = closed;
        return { body: closed };
      },
    });
    const { user } = open('?tab=polls');
    await user.click(await screen.findByRole('button', { name: 'Close now' }));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Close now' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await waitFor(() =>
      expect(screen.queryByRole('button', { name: 'Close now' })).toBeNull(),
    );
    expect(document.activeElement).toBe(screen.getByRole('link', { name: 'Poll 1' }));
  });
});
