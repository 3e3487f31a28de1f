/** The presenter's own polls before and after this one, in the order of their making. */
import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { api, data, type Poll } from '~/api/client';

/** As many as the server gives at once: the newest. */
const LIMIT = 100;

type Ids = readonly Pick<Poll, 'id'>[];

/** @param newestFirst as the server lists them */
export function neighboursOf(id: number, newestFirst: Ids) {
  const here = newestFirst.findIndex((poll) => poll.id === id);
  const idAt = (index: number) => newestFirst[index]?.id ?? null;
  return here === -1
    ? { before: null, after: null }
    : { before: idAt(here + 1), after: idAt(here - 1) };
}

export interface Neighbours {
  /** null: there is none. */
  goBefore: (() => void) | null;
  goAfter: (() => void) | null;
}

export function useNeighbours(pollId: number, isOwner: boolean): Neighbours {
  const [, navigate] = useLocation();
  const { data: mine } = useQuery({
    queryKey: ['polls', 'mine', 'presented'],
    queryFn: () =>
      data(api.GET('/api/users/me/polls', { params: { query: { limit: LIMIT } } })),
    enabled: isOwner,
  });
  const { before, after } = neighboursOf(pollId, mine?.items ?? []);
  const goTo = (id: number | null) =>
    id === null ? null : () => navigate(`/present/${id}`);
  return { goBefore: goTo(before), goAfter: goTo(after) };
}
