/** A skip is final, so the card leaves the lists only when the server has taken it. */
import { useState } from 'react';
import { api, data, type Poll } from '~/api/client';
import { useServices } from '~/services';
import { leave } from './onTheWay';

/** As long as the card takes to leave the screen (PollCard). */
const LEAVING_MS = 200;

function delay(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

export function useSkip({ id }: Poll) {
  const { session, choices, client } = useServices();
  const [isLeaving, setLeaving] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const send = async () => {
    await session.ensure();
    await data(api.POST('/api/polls/{id}/skip', { params: { path: { id } } }));
    choices.set(id, { myVote: null, skipped: true });
  };

  const skip = async () => {
    setError(null);
    setLeaving(true);
    try {
      await Promise.all([send(), delay(LEAVING_MS)]);
      leave(client, id);
    } catch (failure) {
      setError(failure);
      setLeaving(false);
    }
  };
  return { skip, isLeaving, error };
}
