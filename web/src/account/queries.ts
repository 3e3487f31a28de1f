/** What is the reader's own, page by page. */
import { type InfiniteData, infiniteQueryOptions } from '@tanstack/react-query';
import { api, data, type Poll } from '~/api/client';
import type { ResultsStore } from '~/results/store';

export interface PageOf<T> {
  items: T[];
  nextCursor: string | null;
}

export type Status = Poll['status'];

/** Whoever opens a list wants it as it is now. */
const paged = {
  initialPageParam: null as string | null,
  getNextPageParam: (page: PageOf<unknown>) => page.nextCursor,
  staleTime: 0,
};

function at(cursor: string | null) {
  return cursor === null ? {} : { cursor };
}

export const myVotesQuery = infiniteQueryOptions({
  ...paged,
  queryKey: ['my-votes'],
  queryFn: ({ pageParam }) =>
    data(api.GET('/api/users/me/votes', { params: { query: at(pageParam) } })),
});

/** Their results go where the live connection brings the newer ones. */
export function myPollsQuery(results: ResultsStore, status: Status | null) {
  return infiniteQueryOptions({
    ...paged,
    queryKey: ['polls', 'mine', status],
    queryFn: async ({ pageParam }) => {
      const query = { ...at(pageParam), ...(status === null ? {} : { status }) };
      const page = await data(api.GET('/api/users/me/polls', { params: { query } }));
      for (const poll of page.items) if (poll.results !== null) results.offer(poll.results);
      return page;
    },
  });
}

export function itemsOf<T>(pages: InfiniteData<PageOf<T>> | undefined): T[] | undefined {
  return pages?.pages.flatMap((page) => page.items);
}
