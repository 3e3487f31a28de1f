import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Poll } from '~/api/client';
import { untilIn } from '~/api/sentence';
import { deletionOf } from '~/results/deletion';
import { createServices, type Services, ServicesProvider } from '~/services';
import {
  aMe,
  aPoll,
  type Call,
  fakeApi,
  problem,
  type Reply,
  someResults,
} from '~/test/fakeApi';
import './aside';
import { VotePanel, type VotePanelProps } from './VotePanel';

const VOTE = 'POST /api/polls/1/vote';
let services: Services;

beforeEach(() => {
  services = createServices();
});

/** A guest, unless `routes` says who is here. */
function serve(routes: Record<string, Reply | Reply[]> = {}): Call[] {
  return fakeApi({ 'GET /api/users/me': { status: 200, body: aMe() }, ...routes });
}

function show(poll: Poll, props: Partial<VotePanelProps> = {}) {
  return render(
    <I18nProvider i18n={i18n}>
      <ServicesProvider services={services}>
        <h2 id="heading">{poll.title}</h2>
        <VotePanel poll={poll} {...props} />
      </ServicesProvider>
    </I18nProvider>,
  );
}

function answer(
  optionIndex: number,
  votes: number[] | null,
  left: number | null = 90,
): Reply {
  const results = votes && someResults(votes, 10);
  return { status: 201, body: { pollId: 1, optionIndex, votesLeftToday: left, results } };
}

/** A reply that comes when `arrive` is called. */
function late(reply: Reply): { reply: Reply; arrive: () => void } {
  let arrive = () => {};
  const time = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  return { reply: () => time.then(() => reply as never), arrive: () => arrive() };
}

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const noButton = (name: string | RegExp) =>
  expect(screen.queryByRole('button', { name })).toBeNull();
const radio = (name: string) => screen.getByRole('radio', { name });
const bars = () => screen.getAllByTestId('bar').map((bar) => bar.textContent);

async function vote(option: string) {
  await userEvent.click(radio(option));
  await userEvent.click(button('Vote'));
}

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
    expect(calls.at(-1)?.body).toEqual({ optionIndex: 1 });
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

describe('a vote', () => {
  test("shows the server's result with one's own choice, and takes the focus there", async () => {
    serve({ [VOTE]: answer(1, [1, 2, 0]) });
    const onVoted = vi.fn();
    show(aPoll(), { onVoted });
    await vote('Spaces');
    const told = await screen.findByText('Your vote counts.');
    expect(bars()).toEqual([
      'Tabs33.3% 1 vote',
      'Spacesyour vote66.7% 2 votes',
      'Both0% 0 votes',
    ]);
    expect(screen.getByText('3 votes')).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(told));
    expect(onVoted).toHaveBeenCalledOnce();
    noButton('Change vote');
  });

  test('says that it is on its way, and is not sent again meanwhile', async () => {
    const { reply, arrive } = late(answer(0, [1, 0, 0]));
    const calls = serve({ [VOTE]: reply });
    show(aPoll());
    await vote('Tabs');
    await userEvent.click(button('Sending…'));
    await userEvent.click(radio('Spaces'));
    expect(radio('Tabs')).toHaveProperty('checked', true);
    arrive();
    await screen.findByText('Your vote counts.');
    expect(calls.filter((call) => call.path.endsWith('/vote'))).toHaveLength(1);
  });

  test.each([
    [5, 'You have 5 votes left today.'],
    [1, 'You have 1 vote left today.'],
    [0, 'That was your last vote for today.'],
  ])('tells when few are left: %i', async (left, words) => {
    serve({ [VOTE]: answer(0, [1, 0, 0], left) });
    show(aPoll());
    await vote('Tabs');
    expect(await screen.findByText(words)).toBeTruthy();
  });

  test('that is not cast yet is not told about', async () => {
    localStorage.setItem('pollux.session', 'yes');
    const me = { status: 200, body: aMe({ votesLeftToday: 3 }) };
    const calls = serve({ 'GET /api/users/me': me });
    show(aPoll());
    await waitFor(() => expect(calls).toHaveLength(1));
    await userEvent.click(button('Show results'));
    expect(screen.queryByText(/left today/)).toBeNull();
  });

  test.each([6, null])(
    'is silent about what is left where it is much: %s',
    async (left) => {
      serve({ [VOTE]: answer(0, [1, 0, 0], left) });
      show(aPoll());
      await vote('Tabs');
      await screen.findByText('Your vote counts.');
      expect(screen.queryByText(/today/)).toBeNull();
    },
  );

  test('that is refused stays chosen, and the sentence says why', async () => {
    serve({ [VOTE]: problem(429, 'daily_limit', 60) });
    const onVoted = vi.fn();
    show(aPoll(), { onVoted });
    await vote('Both');
    expect((await screen.findByRole('alert')).textContent).toMatch(/^Not counted/);
    expect(radio('Both')).toHaveProperty('checked', true);
    expect(button('Vote')).toBeTruthy();
    expect(onVoted).not.toHaveBeenCalled();
  });

  test('that failed can be tried again, as the same vote', async () => {
    const calls = serve({ [VOTE]: [problem(500, 'internal'), answer(0, [1, 0, 0])] });
    show(aPoll());
    await vote('Tabs');
    await userEvent.click(await screen.findByRole('button', { name: 'Try again' }));
    await screen.findByText('Your vote counts.');
    const keys = calls.filter((call) => call.key !== null).map((call) => call.key);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });

  test('for another option than the one that failed is no repetition', async () => {
    serve({ [VOTE]: problem(500, 'internal') });
    show(aPoll());
    await vote('Tabs');
    await screen.findByRole('button', { name: 'Try again' });
    await userEvent.click(radio('Both'));
    expect(button('Vote')).toBeTruthy();
  });

  test('cast elsewhere before is the one that is shown', async () => {
    const poll = aPoll({ myVote: 2, results: someResults([0, 0, 1], 8) });
    serve({
      [VOTE]: problem(409, 'already_voted'),
      'GET /api/polls/1': { status: 200, body: poll },
    });
    show(aPoll());
    await vote('Tabs');
    expect((await screen.findByRole('alert')).textContent).toMatch(/already voted/);
    expect(bars()[2]).toMatch(/Bothyour vote100%/);
  });

  test('by who was offline waits, and can be called off', async () => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    const calls = serve();
    show(aPoll());
    await vote('Tabs');
    expect(screen.getByRole('alert').textContent).toMatch(/offline.*kept/);
    await userEvent.click(button('Do not send'));
    expect(button('Vote')).toBeTruthy();
    expect(radio('Tabs')).toHaveProperty('checked', true);
    expect(calls).toHaveLength(0);
  });

  test('outlives its panel', async () => {
    const { reply, arrive } = late(answer(1, [0, 1, 0]));
    serve({ [VOTE]: reply });
    const onVoted = vi.fn();
    const { unmount } = show(aPoll(), { onVoted });
    await vote('Spaces');
    unmount();
    arrive();
    await waitFor(() => expect(services.choices.get(1)?.myVote).toBe(1));
    show(aPoll());
    expect(screen.getByText('Your vote counts.')).toBeTruthy();
    expect(onVoted).not.toHaveBeenCalled();
  });

  test('that failed is still there when its poll comes back to the screen', async () => {
    serve({ [VOTE]: problem(500, 'internal') });
    const { unmount } = show(aPoll());
    await vote('Both');
    await screen.findByRole('alert');
    unmount();
    show(aPoll());
    expect(radio('Both')).toHaveProperty('checked', true);
    expect(button('Try again')).toBeTruthy();
  });

  test('of a user whose session ended says so, with the way back', async () => {
    localStorage.setItem('pollux.session', 'yes');
    serve({
      'GET /api/users/me': { status: 200, body: aMe({ kind: 'user' }) },
      'POST /api/auth/logout': { status: 204 },
      [VOTE]: problem(401, 'unauthorized'),
    });
    show(aPoll());
    await vote('Tabs');
    expect((await screen.findByRole('alert')).textContent).toMatch(/session has ended/);
    expect(screen.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe(
      '/sign-in?next=%2F',
    );
  });
});

describe('a second thought', () => {
  const poll = aPoll({ voteChange: true, myVote: 1, results: someResults([0, 1, 0], 3) });

  test('changes the vote, from where it stands', async () => {
    const calls = serve({ 'PUT /api/polls/1/vote': answer(2, [0, 0, 1]) });
    const onVoted = vi.fn();
    show(poll, { onVoted });
    await userEvent.click(button('Change vote'));
    expect(radio('Spaces')).toHaveProperty('checked', true);
    expect(document.activeElement).toBe(radio('Spaces'));
    noButton('Show results');
    await userEvent.click(radio('Both'));
    await userEvent.click(button('Change vote'));
    await screen.findByText('Your vote counts.');
    expect(bars()[2]).toMatch(/your vote/);
    expect(calls.filter((call) => call.method === 'PUT')).toHaveLength(1);
    expect(onVoted).not.toHaveBeenCalled();
  });

  test('that comes to the same is none', async () => {
    const calls = serve();
    show(poll);
    await userEvent.click(button('Change vote'));
    await userEvent.click(button('Change vote'));
    expect(screen.getByText('Your vote counts.')).toBeTruthy();
    await userEvent.click(button('Change vote'));
    await userEvent.click(button('Keep my vote'));
    expect(screen.getByText('Your vote counts.')).toBeTruthy();
    expect(calls.filter((call) => call.path.endsWith('/vote'))).toHaveLength(0);
  });

  test('takes it back, and offers the options anew', async () => {
    serve({ 'DELETE /api/polls/1/vote': { status: 204 } });
    const onVoted = vi.fn();
    show({ ...poll, resultsVisibility: 'after_vote' }, { onVoted });
    await userEvent.click(button('Take back'));
    expect((await screen.findByRole('status')).textContent).toBe(
      'Your vote is taken back.',
    );
    expect(radio('Tabs')).toHaveProperty('checked', false);
    expect(document.activeElement).toBe(radio('Tabs'));
    noButton('Show results');
    expect(onVoted).not.toHaveBeenCalled();
  });

  test('that fails says so, and the vote stays', async () => {
    serve({ 'DELETE /api/polls/1/vote': problem(500, 'internal') });
    show(poll);
    await userEvent.click(button('Take back'));
    expect((await screen.findByRole('alert')).textContent).toMatch(/failed on the server/);
    expect(screen.getByText('Your vote counts.')).toBeTruthy();
  });

  test('is not offered where the poll does not allow it, or is over', () => {
    serve();
    const { unmount } = show({ ...poll, voteChange: false });
    noButton('Take back');
    unmount();
    show({ ...poll, status: 'closed', results: someResults([1, 0, 0], 3, 'closed') });
    noButton('Change vote');
    noButton('Take back');
  });
});

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
    show(aPoll({ status: 'scheduled', opensAt: '2026-05-04T12:05:00Z', results: null }));
    expect(screen.getByText('(in 5 minutes)')).toBeTruthy();
    expect(screen.queryByRole('radio')).toBeNull();
    expect(screen.getByText('Spaces')).toBeTruthy();
    act(() => vi.advanceTimersByTime(4 * 60_000 + 10_000));
    expect(screen.getByText('(in 50 seconds)')).toBeTruthy();
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
});

describe('the time until a poll opens', () => {
  const now = Date.parse('2026-05-04T12:00:00Z');

  test.each([
    [-5, 'in 0 seconds'],
    [119, 'in 119 seconds'],
    [120, 'in 2 minutes'],
    [119 * 60, 'in 119 minutes'],
    [120 * 60, 'in 2 hours'],
    [47 * 3600, 'in 47 hours'],
    [71 * 3600, 'in 2 days'],
  ])('%i seconds ahead: %s', (seconds, words) => {
    vi.useFakeTimers({ now });
    expect(untilIn('en', new Date(now + seconds * 1000))).toBe(words);
    vi.useRealTimers();
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
