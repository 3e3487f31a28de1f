/** Makes the poll: once, however often the button is pressed or an answer is lost. */
import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { api, data, type Poll } from '~/api/client';
import { ApiError, type FieldError, isCode } from '~/api/error';
import { pollQuery, tagsQuery } from '~/api/queries';
import { now } from '~/lib/clock';
import { useServices } from '~/services';
import { meQuery } from '~/session/session';
import type { Attempts } from './attempts';
import type { Draft } from './draft';

interface Handlers {
  attempts: Attempts;
  onCreated: () => void;
  /** The draft has to outlast a visit to another screen. */
  onLeave: () => void;
  onRefused: (errors: readonly FieldError[]) => void;
}

export interface Creation {
  create: (draft: Draft) => Promise<void>;
  isBusy: boolean;
  /** Why it was not created. */
  error: unknown;
}

async function createPoll(attempts: Attempts, draft: Draft): Promise<Poll> {
  const { key, inputs } = attempts.next(draft, now());
  const params = { header: { 'Idempotency-Key': key } };
  let conflict: unknown;
  for (const body of inputs) {
    try {
      return await data(api.POST('/api/polls', { params, body }));
    } catch (cause) {
      if (!isCode(cause, 'conflict')) throw cause;
      conflict = cause;
    }
  }
  attempts.forget(); // it has become a poll in another shape: the reader hears of it
  throw conflict;
}

export function useCreate(handlers: Handlers): Creation {
  const { attempts, onCreated, onLeave, onRefused } = handlers;
  const { client, session } = useServices();
  const [, navigate] = useLocation();
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setIsBusy] = useState(false);
  const running = useRef(false); // known at once, where state is known after a render

  const leave = (to: string) => {
    onLeave();
    navigate(`${to}?next=/new`);
  };

  const show = async (poll: Poll) => {
    onCreated();
    for (const queryKey of [['polls'], tagsQuery.queryKey]) // the lists that lack it
      await client.invalidateQueries({ queryKey, refetchType: 'none' });
    client.setQueryData(pollQuery(poll.id).queryKey, poll);
    navigate(`/p/${poll.id}?share`, { replace: true });
  };

  const explain = (cause: unknown) => {
    if (isCode(cause, 'unauthorized')) leave('/sign-in');
    else if (isCode(cause, 'forbidden')) leave('/register');
    else {
      setError(cause);
      if (cause instanceof ApiError) onRefused(cause.errors);
    }
  };

  const attempt = async (draft: Draft) => {
    const me = client.getQueryData(meQuery.queryKey);
    if (me !== undefined && me?.kind !== 'user')
      leave(session.hasExpired ? '/sign-in' : '/register');
    else await createPoll(attempts, draft).then(show, explain);
  };

  const create = async (draft: Draft) => {
    if (running.current) return;
    running.current = true;
    setIsBusy(true);
    setError(null);
    await attempt(draft);
    running.current = false;
    setIsBusy(false);
  };

  return { create, isBusy, error };
}
