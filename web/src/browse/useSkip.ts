/** The card leaves the lists when the server has taken the skip; for a while it can be undone. */
import { useEffect, useState } from 'react';
import { api, data, type Poll } from '~/api/client';
import { ApiError, isCode } from '~/api/error';
import { REACHED } from '~/api/retry';
import { useServices } from '~/services';
import { offerUndo } from './lastSkip';
import { leave } from './onTheWay';

/** As long as the card takes to leave the screen (PollCard). */
const LEAVING_MS = 200;

function delay(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

export function useSkip(poll: Poll) {
  const { id } = poll;
  const { choices, client, ballots } = useServices();
  const [isLeaving, setLeaving] = useState(false);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    if (!(error instanceof ApiError && error.isTransient)) return;
    const forget = () => setError(null); // it can be reached again, and may be tried again
    addEventListener(REACHED, forget);
    return () => removeEventListener(REACHED, forget);
  }, [error]);

  const send = async () => {
    await ballots.asSomebody(() =>
      data(api.POST('/api/polls/{id}/skip', { params: { path: { id } } })),
    );
    choices.make(id, { myVote: null, skipped: true });
  };

  /** @returns whether the poll is still to be shown: with the vote that counts, or why. */
  const explain = async (failure: unknown): Promise<boolean> => {
    if (isCode(failure, 'poll_closed', 'not_found')) return false; // nothing is left to skip
    const isVoted = isCode(failure, 'already_voted') && (await ballots.lookUp(id)) !== null;
    if (!isVoted) setError(failure);
    setLeaving(false);
    return true;
  };

  const skip = async () => {
    setError(null);
    if (ballots.get(id)?.phase === 'failed') ballots.recall(id); // its notice is old now
    setLeaving(true);
    const [isToStay] = await Promise.all([
      send().then(() => false, explain),
      delay(LEAVING_MS),
    ]);
    if (isToStay) return;
    const putBack = leave(client, id);
    if (choices.of(poll).skipped) offerUndo(client, { poll, putBack: () => putBack(poll) });
  };
  return { skip, isLeaving, error };
}
