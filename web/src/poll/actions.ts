/** What an owner does with a poll, from its page or from a list of polls. */
import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import { api, data, type Poll, type Schemas } from '~/api/client';
import { pollQuery } from '~/api/queries';
import { deletionOf } from '~/results/deletion';
import { type Services, useServices } from '~/services';

export type PollChange = Schemas['PollChange'];

type Action<Variables, Answer> = UseMutationResult<Answer, Error, Variables>;

/** Lists of polls have keys that begin so; they are asked for anew after an action. */
const LISTS = ['polls'];

/** The server's answer is what is shown from now on, wherever the poll is shown. */
function keep({ client, results }: Services, poll: Poll): void {
  client.setQueryData(pollQuery(poll.id).queryKey, poll);
  if (poll.results !== null) results.offer(poll.results);
  void client.invalidateQueries({ queryKey: LISTS });
}

export function useClosePoll(): Action<number, Poll> {
  const services = useServices();
  return useMutation({
    mutationFn: (id) =>
      data(api.POST('/api/polls/{id}/close', { params: { path: { id } } })),
    onSuccess: (poll) => keep(services, poll),
  });
}

/**
 * Who shows the poll itself has to leave it: it is not asked for again. `onDeleted` is called
 * also when the live connection was faster, and what showed the poll is gone.
 */
export function useDeletePoll(onDeleted: () => void): Action<number, undefined> {
  const { client, results } = useServices();
  return useMutation({
    mutationFn: (id) => data(api.DELETE('/api/polls/{id}', { params: { path: { id } } })),
    onSuccess: (_, id) => {
      const { queryKey } = pollQuery(id);
      void client.invalidateQueries({ queryKey, refetchType: 'none' });
      void client.invalidateQueries({ queryKey: LISTS });
      results.offer(deletionOf(id));
      onDeleted();
    },
  });
}

export function useChangePoll(id: number): Action<PollChange, Poll> {
  const services = useServices();
  return useMutation({
    mutationFn: (body) =>
      data(api.PATCH('/api/polls/{id}', { params: { path: { id } }, body })),
    onSuccess: (poll) => keep(services, poll),
  });
}
