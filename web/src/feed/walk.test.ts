import { InfiniteQueryObserver } from '@tanstack/react-query';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Poll } from '~/api/client';
import { leave, lookAgain, needsMore } from '~/browse/onTheWay';
import type { Services } from '~/services';
import { aPoll, type Call, fakeApi } from '~/test/fakeApi';
import { testServices } from '~/test/services';
import { feedQuery, reopen } from './walk';

const ALL = { tags: [], q: '', sort: 'new' } as const;
const CHOSEN = { tags: ['c', 'go'], q: 'tabs', sort: 'hot' } as const;

let services: Services;
beforeEach(() => {
  services = testServices();
});

/** A server whose pages are these: by cursor '1', '2', … */
function serve(...pages: number[][]): Call[] {
  return fakeApi({
    'GET /api/polls': ({ search }) => {
      const at = Number(search.get('cursor') ?? 0);
      const items = (pages[at] ?? []).map((id) => aPoll({ id }));
      const nextCursor = at + 1 < pages.length ? String(at + 1) : null;
      return { status: 200, body: { items, nextCursor } };
    },
  });
}

/** Walks so many pages, and gives what the list then shows. */
async function walk(pages: number, filter: typeof ALL | typeof CHOSEN = ALL) {
  const observer = new InfiniteQueryObserver(services.client, feedQuery(services, filter));
  observer.subscribe(() => {});
  await observer.refetch();
  for (let i = 1; i < pages; i++) await observer.fetchNextPage();
  return {
    ids: () => (observer.getCurrentResult().data as Poll[] | undefined)?.map((p) => p.id),
    hasMore: () => observer.getCurrentResult().hasNextPage,
    more: () => observer.fetchNextPage(),
  };
}

function done(id: number): void {
  services.choices.set(id, { myVote: 1, skipped: false });
}

describe('the walk', () => {
  test('asks for open polls by cursor, and joins the pages', async () => {
    const calls = serve([1, 2], [3]);
    const feed = await walk(2);
    expect(feed.ids()).toEqual([1, 2, 3]);
    expect(feed.hasMore()).toBe(false);
    expect(calls.map(({ search }) => `${search}`)).toEqual([
      'status=open&limit=10&sort=new',
      'status=open&limit=10&sort=new&cursor=1',
    ]);
  });

  test('asks for what was chosen', async () => {
    const calls = serve([1]);
    await walk(1, CHOSEN);
    expect(`${calls[0]?.search}`).toBe('status=open&limit=10&sort=hot&tag=c&tag=go&q=tabs');
  });

  test('shows a poll once that moved from one page to the next', async () => {
    serve([1, 2], [2, 3]);
    expect((await walk(2)).ids()).toEqual([1, 2, 3]);
  });

  test('leaves out what is done by the time that its page arrives', async () => {
    serve([1, 2], [3, 4]);
    const feed = await walk(1);
    done(2);
    done(3);
    await feed.more();
    expect(feed.ids()).toEqual([1, 2, 4]); // 2 was voted on under the reader's eyes
  });

  test('gives the results of its polls to whoever shows them', async () => {
    serve([1]);
    await walk(1);
    expect(services.results.get(1)?.results?.version).toBe(1);
  });

  test('opened anew, is without what is done, but for the poll that was read', async () => {
    serve([1, 2, 3]);
    const feed = await walk(1);
    done(1);
    done(2);
    reopen(services, ALL, 2);
    expect(feed.ids()).toEqual([2, 3]);
  });

  test('loses a skipped poll in every list', async () => {
    serve([1, 2]);
    const all = await walk(1);
    const chosen = await walk(1, CHOSEN);
    leave(services.client, 1);
    expect(all.ids()).toEqual([2]);
    expect(chosen.ids()).toEqual([2]);
  });
});

describe('at its end the walk', () => {
  test('goes on with what is new', async () => {
    serve([2, 1]);
    const feed = await walk(1);
    serve([4, 3, 2, 1]);
    await lookAgain(services, ALL);
    expect(feed.ids()).toEqual([2, 1, 4, 3]);
    expect(feed.hasMore()).toBe(false);
  });

  test('goes on over pages where all of the first is new', async () => {
    serve([2, 1]);
    const feed = await walk(1);
    serve([5, 4], [3, 2, 1]);
    await lookAgain(services, ALL);
    expect(feed.hasMore()).toBe(true);
    await feed.more();
    expect(feed.ids()).toEqual([2, 1, 5, 4, 3]);
  });

  test('does not walk again what it knows', async () => {
    serve([2, 1]);
    const feed = await walk(1);
    serve([3, 2], [1]);
    await lookAgain(services, ALL);
    expect(feed.hasMore()).toBe(false);
  });

  test('stays as it is where nothing is new, or only what is done', async () => {
    serve([2, 1]);
    const feed = await walk(1);
    done(3);
    serve([3, 2, 1], [0]);
    await lookAgain(services, ALL);
    expect(feed.ids()).toEqual([2, 1]);
    expect(feed.hasMore()).toBe(false);
  });
});

test('more is fetched when four are left', () => {
  expect(needsMore(0, 10)).toBe(false);
  expect(needsMore(4, 10)).toBe(false);
  expect(needsMore(5, 10)).toBe(true);
  expect(needsMore(0, 0)).toBe(true);
});
