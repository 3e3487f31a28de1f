import { beforeEach, describe, expect, test, vi } from 'vitest';
import { someResults } from '~/test/fakeApi';
import { ResultsStore } from './store';

let store: ResultsStore;

beforeEach(() => {
  store = new ResultsStore();
});

describe('the newest result', () => {
  test('wins, in whatever order they come', () => {
    store.offer(someResults([2, 0], 5));
    store.offer(someResults([1, 0], 4));
    expect(store.get(1)).toMatchObject({ version: 5, results: { totalVotes: 2 } });
    store.offer(someResults([3, 0], 6, 'closed'));
    expect(store.get(1)).toMatchObject({ version: 6, status: 'closed' });
    expect(store.get(1)?.results?.totalVotes).toBe(3);
  });

  test('is told once', () => {
    const told = vi.fn();
    store.subscribe(1, told);
    store.offer(someResults([2, 0], 5));
    store.offer(someResults([2, 0], 5));
    store.offer(someResults([1, 0], 4));
    expect(told).toHaveBeenCalledOnce();
  });

  test('brings counts also after one of its version that hid them', () => {
    store.offer({ pollId: 1, version: 6, status: 'open' });
    store.offer(someResults([2, 0], 6));
    expect(store.get(1)?.results?.totalVotes).toBe(2);
  });
});

describe('a message that hides the counts', () => {
  const answer = (version: number) => someResults([2, 0], version);
  const shown = (version: number) => ({ ...answer(version), viewers: 9 });
  const hidden = (version: number) => {
    return { pollId: 1, version, status: 'open' as const, viewers: 9 };
  };

  test.each([
    ['takes counts that it has shown', [shown(5), hidden(5)], null],
    ['whatever its own version', [shown(5), hidden(1)], null],
    ['but not if that is out of date', [hidden(2), shown(5), hidden(1)], 5],
    ['also where an answer brought them first', [answer(5), shown(5), hidden(5)], null],
    ['or later', [shown(5), answer(5), hidden(5)], null],
    ['leaves the counts that an answer brought', [answer(5), hidden(5)], 5],
    ['and those that came instead of what it showed', [shown(4), answer(5), hidden(5)], 5],
    ['also with a higher version', [answer(5), hidden(6)], 5],
    ['does not keep an answer from coming', [hidden(5), answer(5)], 5],
    ['whatever the versions', [hidden(6), answer(5)], 5],
    ['once only', [shown(5), hidden(5), answer(5), hidden(5)], 5],
    ['and gives them back', [shown(5), hidden(6), shown(6)], 6],
  ])('%s', (_, messages, version) => {
    for (const message of messages) store.offer(message);
    expect(store.get(1)?.results?.version ?? null).toBe(version);
  });

  test('still says how the poll is', () => {
    store.offer(answer(5));
    store.offer({ ...hidden(6), status: 'closed' });
    expect(store.get(1)).toMatchObject({ status: 'closed', viewers: 9, version: 5 });
  });
});

describe('a refusal of a vote', () => {
  test('closes the poll, whichever version is the newest', () => {
    store.close(1, 7);
    expect(store.get(1)).toMatchObject({ status: 'closed', version: 7 });
    store.offer(someResults([2, 0], 9));
    store.close(1, 7);
    expect(store.get(1)).toMatchObject({ status: 'closed', version: 9 });
    expect(store.get(1)?.results?.totalVotes).toBe(2);
  });

  test('leaves the counts that were shown', () => {
    store.offer({ ...someResults([2, 0], 9), viewers: 3 });
    store.close(1, 7);
    expect(store.get(1)).toMatchObject({ status: 'closed', results: { totalVotes: 2 } });
  });
});

test('hidden counts are gone, their version stays', () => {
  store.offer(someResults([2, 0], 5));
  store.hide(1);
  expect(store.get(1)).toMatchObject({ results: null, version: 5 });
});
