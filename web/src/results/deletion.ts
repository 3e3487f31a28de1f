/** A poll that is deleted while it is shown. It is closed for good, and its counts are gone. */
import type { Schemas } from '~/api/client';
import { useLiveResults } from './useLiveResults';

/** No version comes after it, so nothing that arrives late brings the poll back. */
export const LAST_VERSION = Number.POSITIVE_INFINITY;

/** What the results' store is offered then. */
export function deletionOf(pollId: number): Schemas['LiveHidden'] {
  const last = { version: LAST_VERSION, status: 'closed' as const, viewers: 0 };
  return { type: 'results', pollId, hidden: true, ...last };
}

export function useIsDeleted(pollId: number): boolean {
  return useLiveResults(pollId).version === LAST_VERSION;
}
