/** What more than one screen asks for. */
import { queryOptions } from '@tanstack/react-query';
import { api, data } from './client';

export function pollQuery(id: number) {
  return queryOptions({
    queryKey: ['poll', id],
    queryFn: () => data(api.GET('/api/polls/{id}', { params: { path: { id } } })),
  });
}

export const tagsQuery = queryOptions({
  queryKey: ['tags'],
  queryFn: () => data(api.GET('/api/tags')),
  staleTime: 5 * 60_000,
});
