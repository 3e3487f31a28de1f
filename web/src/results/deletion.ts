/** A poll that is deleted while it is shown. It is closed for good, and its counts are gone. */
import type { Schemas } from '~/api/client';
import { LAST_VERSION } from './store';
import { useLiveResults } from './useLiveResults';

/** What the results' store is offered then. */
export function deletionOf(pollId: number): Schemas['LiveHidden'] {
  const last = { version: LAST_VERSION, status: 'closed' as const, viewers: 0 };
  return { type: 'results', pollId, hidden: true, ...last };
}

export function useIsDeleted(pollId: number): boolean {
  return useLiveResults(pollId).version === LAST_VERSION;
}
