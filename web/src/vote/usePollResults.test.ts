import { describe, expect, test } from 'vitest';
import { NOTHING } from '~/results/store';
import { aMe, aPoll, someResults } from '~/test/fakeApi';
import { pollResults } from './usePollResults';

const NO_CHOICE = { myVote: null, skipped: false };
const VOTED = { myVote: 1, skipped: false };

function live(votes: number[], version: number, status: 'open' | 'closed' = 'open') {
  const results = someResults(votes, version, status);
  return { results, isShownLive: true, version, hiddenVersion: 0, status, viewers: 3 };
}

describe('a poll as it stands now', () => {
  const poll = aPoll({ results: someResults([1, 0, 0], 10) });

  test('is what was fetched while nothing else is known', () => {
    const now = pollResults(poll, NOTHING, NO_CHOICE, null);
    expect(now).toEqual({
      ...NO_CHOICE,
      results: poll.results,
      isHidden: false,
      viewers: null,
      status: 'open',
    });
  });

  test.each([
    [11, 2],
    [9, 1],
  ])('is the newer: live version %i against 10', (version, votes) => {
    const now = pollResults(poll, live([2, 0, 0], version), NO_CHOICE, null);
    expect(now.results?.totalVotes).toBe(votes);
    expect(now.viewers).toBe(3);
  });

  test('takes the state from the newer too', () => {
    const closed = live([2, 0, 0], 11, 'closed');
    expect(pollResults(poll, closed, NO_CHOICE, null).status).toBe('closed');
    const reopened = aPoll({ results: someResults([2, 0, 0], 12) });
    expect(pollResults(reopened, closed, NO_CHOICE, null).status).toBe('open');
  });

  test('is without the counts that the live connection has taken away', () => {
    const hidden = { ...live([1, 0, 0], 10), results: null, isShownLive: false };
    const now = pollResults(poll, { ...hidden, hiddenVersion: 2 }, NO_CHOICE, null);
    expect(now.results).toBeNull();
    expect(pollResults(poll, hidden, NO_CHOICE, null).results).toBe(poll.results);
  });

  test('is open when it was fetched as open, whatever was known before', () => {
    const before = { ...NOTHING, version: 4, status: 'scheduled' as const };
    const fetched = aPoll({ results: null, resultsVisibility: 'after_vote' });
    expect(pollResults(fetched, before, NO_CHOICE, null).status).toBe('open');
  });
});

describe('results after the vote', () => {
  const seen = aPoll({
    resultsVisibility: 'after_vote',
    results: someResults([1, 0, 0], 10),
    myVote: 1,
  });
  const unseen = aPoll({ resultsVisibility: 'after_vote', results: null });

  test('are there with it, and gone when it is taken back', () => {
    expect(pollResults(seen, NOTHING, VOTED, null).results).toBe(seen.results);
    const now = pollResults(seen, live([2, 0, 0], 11), NO_CHOICE, null);
    expect(now).toMatchObject({ results: null, isHidden: true });
  });

  test('are gone when another page has taken it back', () => {
    const hidden = { ...NOTHING, status: 'open' as const };
    const now = (version: number) =>
      pollResults(seen, { ...hidden, version }, VOTED, null).results;
    expect(now(11)).toBeNull();
    expect(now(10)).toBe(seen.results); // it may not have heard of the vote yet
  });

  test('do not come back with the closing, when they are of before', () => {
    const before = { ...live([1, 0, 0], 11), version: 12, status: 'closed' as const };
    const now = pollResults(seen, before, NO_CHOICE, null);
    expect(now).toMatchObject({ status: 'closed', results: null, isHidden: true });
  });

  test('are only on their way after it', () => {
    const now = pollResults(unseen, NOTHING, VOTED, null);
    expect(now).toMatchObject({ results: null, isHidden: false });
  });

  test('are always there for the owner', () => {
    const owner = aMe({ id: 99, kind: 'user' });
    const now = pollResults({ ...seen, myVote: null }, NOTHING, NO_CHOICE, owner);
    expect(now).toMatchObject({ results: seen.results, isHidden: false });
    const other = aMe({ id: 98, kind: 'user' });
    expect(pollResults(seen, NOTHING, NO_CHOICE, other).isHidden).toBe(true);
  });

  test('nobody owns a poll whose owner is gone', () => {
    const orphan = { ...seen, owner: null };
    expect(pollResults(orphan, NOTHING, NO_CHOICE, null).isHidden).toBe(true);
  });

  test('stay hidden for who did not vote, unless the server shows them', () => {
    const closed = { ...NOTHING, version: 12, status: 'closed' as const };
    expect(pollResults(unseen, closed, NO_CHOICE, null).isHidden).toBe(true);
    const now = pollResults(unseen, live([2, 0, 0], 12, 'closed'), NO_CHOICE, null);
    expect(now.results?.totalVotes).toBe(2);
    expect(now.isHidden).toBe(false);
  });
});

describe('results after closing', () => {
  const poll = aPoll({ resultsVisibility: 'after_close', results: null });

  test('are hidden before, vote or not', () => {
    expect(pollResults(poll, NOTHING, NO_CHOICE, null).isHidden).toBe(true);
    expect(pollResults(poll, NOTHING, VOTED, null).isHidden).toBe(true);
  });

  test('come with the snapshot that closes it', () => {
    const now = pollResults(poll, live([2, 0, 0], 12, 'closed'), VOTED, null);
    expect(now).toMatchObject({ isHidden: false, status: 'closed' });
    expect(now.results?.totalVotes).toBe(2);
  });

  test('are on their way when only the closing is known', () => {
    const closed = { ...NOTHING, version: 12, status: 'closed' as const };
    expect(pollResults(poll, closed, NO_CHOICE, null)).toMatchObject({
      results: null,
      isHidden: false,
    });
  });
});
