/** The skip that can still be undone: the last one; and the poll that has come back by that. */
import { type QueryClient, skipToken, useQuery } from '@tanstack/react-query';
import type { Poll } from '~/api/client';

export interface LastSkip {
  poll: Poll;
  /** Into the lists that it left. */
  putBack: () => void;
}

const KEY = ['last-skip'];

export function offerUndo(client: QueryClient, skip: LastSkip | null): void {
  client.setQueryData<LastSkip | null>(KEY, skip);
}

export function useLastSkip(): LastSkip | null {
  return useQuery<LastSkip | null>({ queryKey: KEY, queryFn: skipToken }).data ?? null;
}

const BACK = ['put-back'];

/** For the list to go to; null: it is there. */
export function tellBack(client: QueryClient, pollId: number | null): void {
  client.setQueryData<number | null>(BACK, pollId);
}

export function useBack(): number | null {
  return useQuery<number | null>({ queryKey: BACK, queryFn: skipToken }).data ?? null;
}
