/** What is the reader's own, page by page. */
import { type InfiniteData, infiniteQueryOptions } from '@tanstack/react-query';
import { api, data, type Poll } from '~/api/client';

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

export const mySkipsQuery = infiniteQueryOptions({
  ...paged,
  queryKey: ['my-skips'],
  queryFn: ({ pageParam }) =>
    data(api.GET('/api/users/me/skips', { params: { query: at(pageParam) } })),
});

export function myPollsQuery(status: Status | null) {
  return infiniteQueryOptions({
    ...paged,
    queryKey: ['polls', 'mine', status],
    queryFn: ({ pageParam }) => {
      const query = { ...at(pageParam), ...(status === null ? {} : { status }) };
      return data(api.GET('/api/users/me/polls', { params: { query } }));
    },
  });
}

export function itemsOf<T>(pages: InfiniteData<PageOf<T>> | undefined): T[] | undefined {
  return pages?.pages.flatMap((page) => page.items);
}
