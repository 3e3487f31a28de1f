import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Route } from 'wouter';
import type { Poll } from '~/api/client';
import { deletionOf } from '~/results/deletion';
import { problem } from '~/test/fakeApi';
import { later } from '~/test/later';
import { ADA, pollOf, resultsOf, serve, show } from './harness';
import { PollPage } from './PollPage';

function open(poll: Poll, options: Parameters<typeof show>[1] = {}) {
  const server = serve({ 'GET /api/polls/5': { body: poll } });
  return { ...server, ...showPage('/p/5', options) };
}

function showPage(path: string, options: Parameters<typeof show>[1] = {}) {
  return show(<Route path="/p/:id" component={PollPage} />, { path, ...options });
}

const title = () => screen.findByRole('heading', { level: 1, name: 'Tea or coffee?' });

describe('a poll', () => {
  test('has its words, its owner, its tags, and names the document', async () => {
    open(pollOf({ description: 'First line\nhttps://example.org' }));
    await title();
    expect(document.title).toBe('Tea or coffee? · Pollux');
    const words = screen.getByText(/First line/);
    expect(words.textContent).toBe('First line\nhttps://example.org');
    expect(words.className).toContain('whitespace-pre-line');
    const link = within(words).getByRole('link', { name: 'https://example.org' });
    expect(link.getAttribute('rel')).toBe('nofollow noopener ugc');
    expect(screen.getByText(/Asked by/).textContent).toContain('ada');
    const tag = screen.getByRole('link', { name: '#drinks' });
    expect(tag.getAttribute('href')).toBe('/?tag=drinks');
    expect(screen.getByRole('radio', { name: 'Tea' })).toBeDefined();
  });

  test('outlives its owner', async () => {
    open(pollOf({ owner: null }));
    await title();
    expect(screen.getByText('Its owner has left.')).toBeDefined();
  });

  test.each<[Partial<Poll>, string]>([
    [{ voters: 'anyone' }, 'Anyone can vote, without an account.'],
    [{ voters: 'registered' }, 'You need an account to vote.'],
    [{ resultsVisibility: 'always' }, 'Everyone can see the result at any time.'],
    [{ resultsVisibility: 'after_vote' }, 'You see the result once you have voted.'],
    [{ resultsVisibility: 'after_close' }, 'The result is shown when the poll has closed.'],
    [{ voteChange: false }, 'A vote is final.'],
    [{ voteChange: true }, 'You can change or take back your vote while the poll is open.'],
    [{ opensAt: '2026-01-02T10:00:00.000Z' }, 'Start: Jan 2, 2026'],
    [{ closesAt: '2036-01-02T10:00:00.000Z' }, 'End: Jan 2, 2036'],
  ])('says its rule %o', async (rule, words) => {
    open(pollOf(rule));
    await title();
    const rules = screen.getAllByRole('listitem').map((item) => item.textContent);
    expect(rules.some((rule) => rule?.startsWith(words))).toBe(true);
  });

  test('tells of a closed poll how it was', async () => {
    open(pollOf({ status: 'closed', resultsVisibility: 'after_vote', results: null }));
    await title();
    expect(screen.getByText('Anyone could vote, without an account.')).toBeDefined();
    expect(
      screen.getByText('Only people who have voted can see the result.'),
    ).toBeDefined();
    expect(screen.queryByText(/^A vote is final|You see the result|can vote/)).toBeNull();
  });
});

test('a skip is in the way of a vote, and there is none to change', async () => {
  open(pollOf({ voteChange: true, skipped: true }));
  await title();
  expect(screen.getByText('Take your skip back to vote here.')).toBeDefined();
  expect(screen.queryByText(/You can change or take back your vote/)).toBeNull();
});

describe('how it is doing', () => {
  test('moves with the live snapshots', async () => {
    const { services } = open(pollOf());
    await title();
    const [badge] = screen.getAllByRole('status');
    expect(badge?.textContent).toBe('Open');
    expect(screen.getByText('4 votes')).toBeDefined();
    expect(screen.getByText(/watching/).className).toContain('invisible');

    const live = resultsOf([3, 2], { version: 11 });
    act(() => services.results.offer({ ...live, viewers: 1 }));
    expect(screen.getByText('5 votes')).toBeDefined();
    expect(screen.getByText('1 person is watching').className).not.toContain('invisible');

    const last = resultsOf([3, 2], { version: 12, status: 'closed' });
    act(() => services.results.offer({ ...last, viewers: 1200 }));
    expect(screen.getByText('1,200 people are watching')).toBeDefined();
    expect(badge?.textContent).toBe('Closed');
  });

  test('closing is not a reason to ask the server', async () => {
    const { services, asked } = open(pollOf());
    await title();
    const last = resultsOf([3, 1], { version: 11, status: 'closed' });
    act(() => services.results.offer(last));
    await screen.findByText('Closed');
    expect(asked()).toEqual(['GET /api/polls/5']);
  });

  test('a poll to come says so', async () => {
    open(pollOf({ status: 'scheduled', opensAt: '2036-01-01T00:00:00.000Z' }));
    await title();
    expect(screen.getByText('Not open yet')).toBeDefined();
    expect(screen.getByText(/watching/).className).toContain('invisible'); // has its place
  });

  test('what is hidden has neither a total nor a time line', async () => {
    open(pollOf({ resultsVisibility: 'after_vote', results: null }));
    await title();
    expect(screen.queryByText(/\d votes?$/)).toBeNull();
    expect(screen.queryByRole('button', { name: 'Votes over time' })).toBeNull();
  });
});

describe('no poll', () => {
  test.each(['/p/7', '/p/abc', '/p/0', '/p/12345678901234567890'])('%s', async (path) => {
    serve({});
    showPage(path);
    await screen.findByRole('heading', { name: 'There is no such poll' });
    expect(screen.getByRole('link', { name: 'To all polls' }).getAttribute('href')).toBe(
      '/',
    );
  });

  test('what is no number is not asked for', async () => {
    const { asked } = serve({});
    showPage('/p/abc');
    await screen.findByRole('heading', { name: 'There is no such poll' });
    expect(asked()).toEqual([]);
  });

  test('while it comes, that is said', () => {
    serve({ 'GET /api/polls/5': () => new Promise<never>(() => {}) });
    showPage('/p/5');
    expect(screen.getByRole('status').textContent).toBe('Loading the poll…');
  });

  test('a failure has a sentence and another try', async () => {
    let isDown = true;
    serve({
      'GET /api/polls/5': () => (isDown ? problem(500, 'internal') : { body: pollOf() }),
    });
    showPage('/p/5');
    await screen.findByRole('heading', { name: 'The poll cannot be shown' });
    expect(screen.getByRole('alert').textContent).toBe(
      'Something has failed on the server. Try again.',
    );
    isDown = false;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await title();
  });
});

describe('watched for a while', () => {
  beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
  afterEach(() => void vi.useRealTimers());

  test('a poll that is deleted keeps its title, and says that it is gone', async () => {
    let isThere = true;
    serve({
      'GET /api/polls/5': () => (isThere ? { body: pollOf() } : problem(404, 'not_found')),
    });
    showPage('/p/5');
    await title();
    isThere = false;
    await act(() => vi.advanceTimersByTimeAsync(120_000));
    expect((await screen.findByRole('alert')).textContent).toMatch(/has deleted this poll/);
    await title();
    expect(screen.queryByRole('radio')).toBeNull();
  });
});

describe('a poll that is deleted while it is watched', () => {
  test('keeps its title, says that it is gone, and is not asked for again', async () => {
    const { services, asked } = open(pollOf());
    await title();
    const before = asked().length;
    act(() => services.results.offer(deletionOf(5)));
    expect(screen.getByRole('alert').textContent).toMatch(/has deleted this poll/);
    await title();
    expect(screen.queryByRole('radio')).toBeNull();
    vi.useFakeTimers();
    await act(() => vi.advanceTimersByTimeAsync(300_000));
    vi.useRealTimers();
    expect(asked()).toHaveLength(before);
  });
});

describe('on paper', () => {
  const print = () => act(() => void dispatchEvent(new Event('beforeprint')));
  afterEach(() => act(() => void dispatchEvent(new Event('afterprint'))));

  test('it has bars, its link and a code, and only there', async () => {
    open(pollOf());
    await title();
    expect(screen.queryAllByTestId('bar')).toHaveLength(0);
    print();
    expect(screen.getAllByTestId('bar')).toHaveLength(2);
    expect(screen.getByText(`${location.origin}/p/5`)).toBeDefined();
    expect(screen.getByRole('img', { name: /QR code/ })).toBeDefined();
    act(() => void dispatchEvent(new Event('afterprint')));
    expect(screen.queryAllByTestId('bar')).toHaveLength(0);
  });

  test('without a result it has the options', async () => {
    open(pollOf({ resultsVisibility: 'after_vote', results: null }));
    await title();
    print();
    const items = screen.getAllByRole('listitem').map((item) => item.textContent);
    expect(items).toContain('Coffee');
    expect(screen.queryAllByTestId('bar')).toHaveLength(0);
  });
});

describe('the owner', () => {
  test('has a part of their own, nobody else has', async () => {
    open(pollOf(), { me: ADA });
    await title();
    expect(screen.getByRole('heading', { name: 'Your poll' })).toBeDefined();
  });

  test.each([null, { ...ADA, id: 2 }])('is not %o', async (me) => {
    open(pollOf(), { me });
    await title();
    expect(screen.queryByRole('heading', { name: 'Your poll' })).toBeNull();
  });

  test('is elsewhere once the poll is deleted', async () => {
    serve({
      'GET /api/polls/5': { body: pollOf() },
      'DELETE /api/polls/5': { status: 204 },
    });
    const { place } = showPage('/p/5', { me: ADA });
    await title();
    await userEvent.click(screen.getByRole('button', { name: 'Delete' }));
    await userEvent.click(screen.getByRole('button', { name: 'Delete for good' }));
    await waitFor(() => expect(place.history).toEqual(['/account']));
  });

  test('also when the live connection says so before the answer is there', async () => {
    const { promise, keep } = later();
    serve({
      'GET /api/polls/5': { body: pollOf() },
      'DELETE /api/polls/5': () => promise.then(() => ({ status: 204 })),
    });
    const { place, services } = showPage('/p/5', { me: ADA });
    await title();
    await userEvent.click(screen.getByRole('button', { name: 'Delete' }));
    await userEvent.click(screen.getByRole('button', { name: 'Delete for good' }));
    act(() => services.results.offer(deletionOf(5)));
    keep();
    await waitFor(() => expect(place.history).toEqual(['/account']));
  });
});
