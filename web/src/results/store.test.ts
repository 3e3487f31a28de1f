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

  test('without counts leaves those that are known', () => {
    store.offer(someResults([2, 0], 5));
    store.offer({ pollId: 1, version: 6, status: 'closed', viewers: 9 });
    expect(store.get(1)).toMatchObject({ status: 'closed', viewers: 9, version: 6 });
    expect(store.get(1)?.results?.version).toBe(5);
  });

  test('brings counts also after one of its version that hid them', () => {
    store.offer({ pollId: 1, version: 6, status: 'open' });
    store.offer(someResults([2, 0], 6));
    expect(store.get(1)?.results?.totalVotes).toBe(2);
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
});

test('hidden counts are gone, their version stays', () => {
  store.offer(someResults([2, 0], 5));
  store.hide(1);
  expect(store.get(1)).toMatchObject({ results: null, version: 5 });
});
