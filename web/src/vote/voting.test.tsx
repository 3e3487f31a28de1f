import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, test, vi } from 'vitest';
import { aMe, aPoll, problem, someResults } from '~/test/fakeApi';
import {
  answer,
  bars,
  button,
  late,
  noButton,
  radio,
  serve,
  services,
  show,
  VOTE,
  vote,
} from './harness';

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
    serve({ [VOTE]: problem(429, 'daily_limit', { retryAfter: 60 }) });
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
    await waitFor(() => expect(document.activeElement).toBe(radio('Tabs')));
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
