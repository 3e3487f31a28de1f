/**
 * The list that the address asks for: from the live connection where that brings it, else
 * asked for again and again while somebody looks.
 */
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, data } from '~/api/client';
import { useLiveState } from '~/live/useLiveState';
import { useServices } from '~/services';
import { isLiveKind, type Shown } from './address';

export const REFETCH_MS = 10_000;
/** As many as the live list has. */
const LIMIT = 10;

function boardQuery({ window, tag }: Shown) {
  return queryOptions({
    queryKey: ['leaderboard', window, tag],
    queryFn: async ({ signal }) => {
      const query = { window, limit: LIMIT, ...(tag === null ? {} : { tag }) };
      const call = api.GET('/api/leaderboard', { params: { query }, signal });
      return (await data(call)).items;
    },
    staleTime: 0,
  });
}

export function useBoard(shown: Shown) {
  const source = useLiveBoard(isLiveKind(shown));
  const isPaused = useLiveState() === 'paused';
  const refetchInterval = source !== null || isPaused ? false : REFETCH_MS;
  const query = useQuery({ ...boardQuery(shown), refetchInterval });
  return { isPushed: source === 'pushed', query };
}

/** pushed: with every change. polled: now and then, where the connection is an event stream. */
type Source = 'pushed' | 'polled' | null;

/** Keeps the list of all time as the connection brings it. How does the connection bring it? */
function useLiveBoard(isWanted: boolean): Source {
  const { live } = useServices();
  const client = useQueryClient();
  const [source, setSource] = useState<Source>(null);
  const isLive = useLiveState() === 'live';

  useEffect(() => {
    if (!isWanted) return;
    const { queryKey } = boardQuery({ window: 'all', tag: null });
    return live.followLeaderboard((board) => {
      void client.cancelQueries({ queryKey }); // what is on its way is older
      client.setQueryData(queryKey, board.items);
      setSource(board.version === undefined ? 'polled' : 'pushed');
    });
  }, [live, client, isWanted]);

  return isWanted && isLive ? source : null;
}
