/** The polls of the feed, as far as they have been fetched. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useServices } from '~/services';
import type { Filter } from './filter';
import { placeIn } from './place';
import { feedQuery, reopen } from './walk';

export function useFeed(filter: Filter) {
  const services = useServices();
  const [opened, setOpened] = useState<Filter | null>(null);
  if (opened !== filter) {
    setOpened(filter);
    reopen(services, filter, placeIn(services.client, filter)?.pollId);
  }
  const query = useInfiniteQuery(feedQuery(services, filter));
  const { data: polls, error, hasNextPage, isFetching } = query;

  /** Not again by itself after a failure: then the reader decides. */
  const fetchMore = () => {
    if (hasNextPage && error === null) void query.fetchNextPage({ cancelRefetch: false });
  };
  useEffect(() => {
    if (polls?.length === 0) fetchMore(); // all of a page was done
  });

  return {
    polls,
    error,
    isFetching,
    atEnd: polls !== undefined && !hasNextPage,
    retry: (): void => void (polls === undefined ? query.refetch() : query.fetchNextPage()),
    fetchMore,
  };
}

export type Feed = ReturnType<typeof useFeed>;
