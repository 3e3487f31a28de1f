/**
 * The walk through the feed: its pages lie in the query client, in the order they came. A
 * poll that is done (voted on or skipped) is left out when its page arrives and when the
 * screen is opened anew; one that was voted on just now stays where the reader sees it.
 */
import { type InfiniteData, infiniteQueryOptions } from '@tanstack/react-query';
import { api, data, type Poll } from '~/api/client';
import type { Services } from '~/services';
import type { Filter } from './filter';

export interface Page {
  items: Poll[];
  nextCursor: string | null;
}
export type Pages = InfiniteData<Page, string | null>;

export const KEY = 'feed';
const PAGE_SIZE = 10;
const HALF_AN_HOUR = 30 * 60_000;

export async function fetchPage(services: Services, filter: Filter, cursor: string | null) {
  const { tags, q, sort, closed } = filter;
  const query = {
    status: closed ? ('closed' as const) : ('open' as const),
    limit: PAGE_SIZE,
    sort,
    ...(tags.length > 0 && { tag: [...tags] }),
    ...(q !== '' && { q }),
    ...(cursor !== null && { cursor }),
  };
  const page = await data(api.GET('/api/polls', { params: { query } }));
  for (const { results } of page.items)
    if (results !== null) services.results.offer(results);
  const isWanted = (poll: Poll) => closed || !services.choices.isDone(poll);
  return { ...page, items: page.items.filter(isWanted) };
}

export function feedKey(filter: Filter) {
  return [KEY, filter] as const;
}

/** Never fetched again as a whole: a list must not jump under who reads it. */
export function feedQuery(services: Services, filter: Filter) {
  return infiniteQueryOptions({
    queryKey: feedKey(filter),
    queryFn: ({ pageParam }) => fetchPage(services, filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page) => last.nextCursor,
    select: pollsOf,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: HALF_AN_HOUR,
  });
}

/** One list; a poll that moved between two pages (by "hot") is there once. */
export function pollsOf({ pages }: Pages): Poll[] {
  const byId = new Map<number, Poll>();
  for (const poll of pages.flatMap((page) => page.items))
    if (!byId.has(poll.id)) byId.set(poll.id, poll);
  return [...byId.values()];
}

export function keepOnly(pages: Pages | undefined, keep: (poll: Poll) => unknown) {
  return (
    pages && {
      ...pages,
      pages: pages.pages.map((page) => ({ ...page, items: page.items.filter(keep) })),
    }
  );
}

/** The screen is opened anew: what is done is gone, but for the poll that was being read. */
export function reopen({ client, choices }: Services, filter: Filter, reading?: number) {
  client.setQueryData<Pages>(feedKey(filter), (pages) =>
    keepOnly(
      pages,
      (poll) => filter.closed || poll.id === reading || !choices.isDone(poll),
    ),
  );
}
