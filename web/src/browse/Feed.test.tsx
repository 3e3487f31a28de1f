/** The feed as its reader sees it, with a server that answers as it is told. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { REACHED } from '~/api/retry';
import { FeedPage } from '~/feed/FeedPage';
import { filterOf } from '~/feed/filter';
import { placeIn } from '~/feed/place';
import { deletionOf } from '~/results/deletion';
import { type Services, ServicesProvider } from '~/services';
import {
  type Answer,
  aGuestJoins,
  aMe,
  aPoll,
  type Call,
  fakeApi,
  problem,
  type Reply,
  someResults,
} from '~/test/fakeApi';
import { later } from '~/test/later';
import { testServices } from '~/test/services';
import { pretendLayout } from './layout';
import { messages } from './locales/en.po';

let services: Services;

beforeEach(() => {
  i18n.load('en', { ...i18n.messages, ...messages });
  history.replaceState(null, '', '/');
  services = testServices();
  pretendLayout();
});

function aTitled(id: number) {
  return aPoll({ id, title: `Poll ${id}`, tags: ['c'] });
}

function page(...ids: number[]) {
  return { status: 200, body: { items: ids.map(aTitled), nextCursor: null } };
}

function serve(routes: Record<string, Reply | Reply[]>): Call[] {
  return fakeApi({
    'GET /api/polls': page(1, 2, 3),
    'GET /api/tags': {
      status: 200,
      body: [
        { tag: 'c', polls: 3 },
        { tag: 'go', polls: 1 },
      ],
    },
    'GET /api/users/me': [problem(401, 'unauthorized'), { status: 200, body: aMe() }],
    'POST /api/auth/guest': aGuestJoins(7),
    'POST /api/polls/1/skip': { status: 204 },
    ...routes,
  });
}

function open() {
  const user = userEvent.setup();
  const shown = render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <FeedPage />
      </ServicesProvider>
    </I18nProvider>,
  );
  return { user, ...shown };
}

const card = (id: number) => screen.findByRole('article', { name: `Poll ${id}` });
const noCard = (id: number) =>
  waitFor(() => expect(screen.queryByRole('article', { name: `Poll ${id}` })).toBeNull());
/** Not before the list is there: its code comes after the first card. */
const skipOf = (id: number) =>
  waitFor(() => {
    const found = screen.getByRole('article', { name: `Poll ${id}` });
    return within(found).getByRole('button', { name: 'Skip' });
  });
const asked = (calls: Call[], route: string) =>
  calls.filter(({ method, path }) => `${method} ${path}` === route);

describe('the feed', () => {
  test('is a feed of articles that know their place', async () => {
    serve({});
    open();
    await skipOf(1);
    expect(screen.getByRole('feed', { name: 'Polls' }).contains(await card(1))).toBe(true);
    expect((await card(2)).getAttribute('aria-posinset')).toBe('2');
    expect((await card(2)).getAttribute('aria-setsize')).toBe('3');
  });

  test('offers nothing but the way on where a poll was deleted', async () => {
    serve({});
    open();
    await skipOf(1);
    act(() => services.results.offer(deletionOf(1)));
    const gone = await card(1);
    expect(within(gone).getByRole('alert').textContent).toBe('This poll was deleted.');
    expect(within(gone).queryByText('Closed')).toBeNull();
    expect(within(gone).queryByRole('link', { name: 'Details' })).toBeNull();
    const buttons = within(gone).getAllByRole('button');
    expect(buttons.map((button) => button.textContent)).toEqual(['Next poll']);
  });

  test('says when nothing could be loaded, and tries again', async () => {
    serve({ 'GET /api/polls': [problem(500, 'bad_request'), page(1)] });
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Try again' }));
    await card(1);
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Poll 1'));
  });

  test('keeps the focus while it tries again, and where it fails again', async () => {
    const second = later<Answer>();
    const failure = problem(500, 'bad_request');
    serve({ 'GET /api/polls': [failure, () => second.promise, page(1)] });
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('main')));
    second.keep(failure);
    const why = await screen.findByRole('heading', { name: /could not be loaded/ });
    await waitFor(() => expect(document.activeElement).toBe(why));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Poll 1'));
  });

  test('leaves the focus to a reader who does something else while it tries', async () => {
    const second = later<Answer>();
    serve({ 'GET /api/polls': [problem(500, 'bad_request'), () => second.promise] });
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Try again' }));
    await user.click(screen.getByRole('combobox', { name: 'Order' }));
    second.keep(page(1));
    await skipOf(1);
    expect(document.activeElement).toBe(screen.getByRole('combobox', { name: 'Order' }));
  });

  test('says when everything was seen, and how to ask', async () => {
    serve({ 'GET /api/polls': ({ search }) => (search.has('seen') ? page(9) : page()) });
    open();
    await screen.findByRole('heading', { name: 'You have seen everything.' });
    expect(screen.getByRole('link', { name: 'Ask something yourself' })).toHaveProperty(
      'pathname',
      '/new',
    );
  });

  test('says when there is nothing at all, and how to begin', async () => {
    const calls = serve({ 'GET /api/polls': page() });
    open();
    await screen.findByRole('heading', { name: 'There are no polls yet.' });
    const { pathname } = screen.getByRole<HTMLAnchorElement>('link', {
      name: 'Ask the first question',
    });
    expect(pathname).toBe('/new');
    const any = asked(calls, 'GET /api/polls').find(({ search }) => search.has('seen'));
    expect(any?.search.get('status')).toBeNull(); // a closed one is one, too
  });

  test('goes on to the next page where all of a page is done', async () => {
    services.choices.set(1, { myVote: 0, skipped: false });
    serve({
      'GET /api/polls': [
        { status: 200, body: { items: [aTitled(1)], nextCursor: 'x' } },
        page(2),
      ],
    });
    open();
    await card(2);
    await noCard(1);
  });
});

describe('a skip', () => {
  test('makes a guest of a newcomer, takes the card away, and the focus on', async () => {
    const calls = serve({});
    const { user } = open();
    await user.click(await skipOf(1));
    await noCard(1);
    const posts = calls.filter(({ method }) => method === 'POST').map(({ path }) => path);
    expect(posts).toEqual(['/api/auth/guest', '/api/polls/1/skip']);
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Poll 2'));
    expect(services.choices.isDone(aTitled(1))).toBe(true);
  });

  test('that failed says so until the server is reached again', async () => {
    serve({ 'POST /api/polls/1/skip': 'unreachable' });
    const { user } = open();
    await user.click(await skipOf(1));
    await within(await card(1)).findByRole('alert');
    await waitFor(() => {
      act(() => void dispatchEvent(new Event(REACHED))); // heard soon after it was drawn
      expect(screen.queryByRole('alert')).toBeNull();
    });
  });

  test('refused after a vote that was: the card says it once', async () => {
    serve({
      'POST /api/polls/1/vote': problem(429, 'rate_limited', { retryAfter: 90 }),
      'POST /api/polls/1/skip': problem(429, 'rate_limited', { retryAfter: 90 }),
    });
    const { user } = open();
    await skipOf(1);
    const voter = within(await card(1));
    await user.click(voter.getByRole('radio', { name: 'Tabs' }));
    await user.click(voter.getByRole('button', { name: 'Vote' }));
    await voter.findByRole('alert');
    await user.click(await skipOf(1));
    await waitFor(() => expect(services.ballots.get(1)).toBeUndefined());
    await voter.findByRole('alert');
    await user.click(voter.getByRole('button', { name: 'Vote' }));
    await waitFor(() => expect(services.ballots.get(1)?.phase).toBe('failed'));
    expect(voter.getAllByRole('alert')).toHaveLength(1);
  });

  test('where no cookie is kept says so', async () => {
    const calls = serve({
      'GET /api/users/me': problem(401, 'unauthorized'),
      'POST /api/polls/1/skip': problem(401, 'unauthorized'),
    });
    const { user } = open();
    await user.click(await skipOf(1));
    const why = await within(await card(1)).findByRole('alert');
    expect(why.textContent).toMatch(/does not keep cookies/);
    expect(asked(calls, 'POST /api/auth/guest')).toHaveLength(1);
  });

  test('that is refused leaves the card, and says why', async () => {
    serve({ 'POST /api/polls/1/skip': problem(500, 'internal') });
    const { user } = open();
    await user.click(await skipOf(1));
    await within(await card(1)).findByRole('alert');
    expect(screen.getByRole('alert').textContent).toMatch(/failed on the server/);
    expect(services.choices.isDone(aTitled(1))).toBe(false);
    expect(await skipOf(1)).toHaveProperty('disabled', false); // it may be tried again
  });

  test.each([
    [410, 'poll_closed'],
    [404, 'not_found'],
  ])('of a poll that nobody can vote on any more goes on: %i %s', async (status, code) => {
    serve({ 'POST /api/polls/1/skip': problem(status, code) });
    const { user } = open();
    await user.click(await skipOf(1));
    await noCard(1);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('of a poll that was voted on elsewhere shows the vote', async () => {
    const poll = aPoll({ title: 'Poll 1', myVote: 2, results: someResults([0, 0, 1], 9) });
    serve({
      'POST /api/polls/1/skip': problem(409, 'already_voted'),
      'GET /api/polls/1': { status: 200, body: poll },
    });
    const { user } = open();
    await user.click(await skipOf(1));
    const voted = within(await card(1));
    await voted.findByText('Your vote counts.');
    expect(voted.getByRole('button', { name: 'Next poll' }).textContent).toBe('Next poll');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  test('is not offered where the poll has closed: the way on is', async () => {
    serve({});
    open();
    await skipOf(1);
    act(() => services.results.offer(someResults([0, 0, 0], 2, 'closed')));
    const closed = within(await card(1));
    expect(closed.queryByRole('button', { name: 'Skip' })).toBeNull();
    expect(closed.getByRole('button', { name: 'Next poll' }).textContent).toBe('Next poll');
  });

  test('is s on the keyboard', async () => {
    serve({});
    const { user } = open();
    await skipOf(1);
    await user.keyboard('s');
    await noCard(1);
  });

  test('goes out once, however often it is pressed', async () => {
    const calls = serve({});
    const { user } = open();
    await skipOf(1);
    await user.keyboard('sss');
    await noCard(1);
    expect(asked(calls, 'POST /api/polls/1/skip')).toHaveLength(1);
  });
});

describe('by keyboard', () => {
  test('j goes to the heading of the next card', async () => {
    serve({});
    const { user } = open();
    await skipOf(1);
    await user.keyboard('j');
    expect(document.activeElement?.textContent).toBe('Poll 2');
  });

  test('a digit chooses, Enter votes; the card stays with its result', async () => {
    const vote = {
      pollId: 1,
      optionIndex: 1,
      votesLeftToday: 9,
      votedAt: '2026-01-01T00:00:00Z',
    };
    const calls = serve({
      'POST /api/polls/1/vote': {
        status: 201,
        body: { ...vote, results: someResults([0, 1, 0], 2) },
      },
    });
    const { user } = open();
    await skipOf(1);
    await user.keyboard('2');
    expect(within(await card(1)).getByRole('radio', { name: 'Spaces' })).toHaveProperty(
      'checked',
      true,
    );
    await user.keyboard('v');
    await within(await card(1)).findByText('your vote');
    expect(asked(calls, 'POST /api/polls/1/vote')[0]?.body).toEqual({ optionIndex: 1 });
    await within(await card(1)).findByRole('button', { name: 'Next poll' });
    expect(within(await card(1)).queryByRole('button', { name: 'Skip' })).toBeNull();
  });
});

describe('opened anew, the feed', () => {
  test('is where the list was about to rest when the reader left', async () => {
    serve({});
    const { unmount } = open();
    await skipOf(1);
    const scroller = screen.getByRole('feed');
    scroller.scrollTop = 600;
    fireEvent.scroll(scroller);
    unmount();
    expect(placeIn(services.client, filterOf(''))).toMatchObject({ pollId: 2, offset: 0 });
  });

  test('is where it was, without what was voted on elsewhere', async () => {
    const calls = serve({});
    const { unmount } = open();
    await skipOf(1);
    unmount();
    services.choices.set(2, { myVote: 1, skipped: false });
    open();
    await card(1);
    await card(3);
    await noCard(2);
    expect(asked(calls, 'GET /api/polls')).toHaveLength(1);
  });
});

describe('the address', () => {
  test('chooses tags, and "back" takes them away', async () => {
    const calls = serve({});
    const { user } = open();
    await skipOf(1);
    const tags = screen.getByRole('list', { name: 'Tags' });
    await user.click(await within(tags).findByRole('link', { name: 'go' }));
    await user.click(within(tags).getByRole('link', { name: 'c' }));
    expect(location.search).toBe('?tag=go&tag=c');
    expect(within(tags).getByRole('link', { name: 'c' }).getAttribute('aria-current')).toBe(
      'true',
    );
    expect(
      within(tags).getByRole('link', { name: 'All' }).getAttribute('aria-current'),
    ).toBeNull();
    await waitFor(() =>
      expect(asked(calls, 'GET /api/polls').at(-1)?.search.getAll('tag')).toEqual([
        'go',
        'c',
      ]),
    );
    act(() => history.back());
    await waitFor(() => expect(location.search).toBe('?tag=go'));
  });

  test('takes a search when the typing pauses, and says when nothing is found', async () => {
    const calls = serve({
      'GET /api/polls': ({ search }) => (search.has('q') ? page() : page(1)),
    });
    open();
    await skipOf(1);
    const user = userEvent.setup({ delay: null }); // no pause between the keys
    await user.keyboard('/tabs');
    expect(screen.getByRole('searchbox')).toHaveProperty('value', 'tabs');
    await screen.findByRole('heading', { name: 'Nothing found' });
    expect(location.search).toBe('?q=tabs');
    expect(asked(calls, 'GET /api/polls').map(({ search }) => search.get('q'))).toEqual([
      null,
      'tabs',
    ]);
    await user.click(screen.getByRole('link', { name: 'Clear search' }));
    await card(1);
    expect(screen.getByRole('searchbox')).toHaveProperty('value', '');
  });

  test('orders', async () => {
    const calls = serve({});
    const { user } = open();
    await skipOf(1);
    await user.selectOptions(
      screen.getByRole('combobox', { name: 'Order' }),
      'Closing soon',
    );
    await waitFor(() =>
      expect(asked(calls, 'GET /api/polls').at(-1)?.search.get('sort')).toBe('closing'),
    );
  });
});

test('new polls appear behind the last, while somebody looks', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true, toFake: ['setInterval', 'clearInterval'] });
  const calls = serve({ 'GET /api/polls': [page(1), page(2, 1)] });
  open();
  await skipOf(1);
  const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
  await act(() => vi.advanceTimersByTimeAsync(30_000));
  expect(asked(calls, 'GET /api/polls')).toHaveLength(1);
  hidden.mockReturnValue('visible');
  await act(() => vi.advanceTimersByTimeAsync(30_000));
  await card(2);
  vi.useRealTimers();
});
