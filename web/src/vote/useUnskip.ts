/** Takes a skip back: only as who has skipped, so never under a new identity. */
import { useMutation } from '@tanstack/react-query';
import { api, data } from '~/api/client';
import { useServices } from '~/services';

export function useUnskip(id: number, onDone: () => void = () => {}) {
  const { ballots, choices, client } = useServices();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      ballots.asMyself(() =>
        data(api.DELETE('/api/polls/{id}/skip', { params: { path: { id } } })),
      ),
    onSuccess: () => {
      choices.make(id, { myVote: null, skipped: false });
      void client.invalidateQueries({ queryKey: ['my-skips'] });
      onDone();
    },
  });
  return { unskip: () => mutate(), isBusy: isPending, error };
}
