/**
 * A poll as it stands now: what it was when it was fetched, the live connection's newest
 * snapshot, and what the reader has done here since, in one.
 */
import type { Me, Poll, Results } from '~/api/client';
import { useChoice, useLiveResults } from '~/services';
import { useMe } from '~/session/session';
import type { Choice } from '~/vote/choices';
import type { Live } from './store';

export interface PollResults extends Choice {
  /** null: not for this reader yet, or not here yet; `isHidden` tells which. */
  readonly results: Results | null;
  /** The poll's rule keeps the counts from this reader for now. */
  readonly isHidden: boolean;
  readonly viewers: number | null;
  readonly status: Poll['status'];
}

export function usePollResults(poll: Poll): PollResults {
  return pollResults(poll, useLiveResults(poll.id), useChoice(poll), useMe());
}

export function pollResults(
  poll: Poll,
  live: Live,
  choice: Choice,
  me: Me | null | undefined,
): PollResults {
  const status = statusNow(poll, live);
  const isHidden = hidesResults(poll, status, choice, me);
  const isTakenBack = isHidden && poll.resultsVisibility === 'after_vote';
  return {
    ...choice,
    status,
    isHidden,
    viewers: live.viewers,
    results: isTakenBack ? null : newest(poll.results, live.results),
  };
}

function newest(fetched: Results | null, live: Results | null): Results | null {
  if (fetched === null || live === null) return fetched ?? live;
  return fetched.version > live.version ? fetched : live;
}

function statusNow(poll: Poll, live: Live): Poll['status'] {
  const isFetchNewer =
    (poll.results?.version ?? 0) > live.version || live.status === 'scheduled';
  return isFetchNewer ? poll.status : (live.status ?? poll.status);
}

function hidesResults(
  poll: Poll,
  status: Poll['status'],
  choice: Choice,
  me: Me | null | undefined,
): boolean {
  if (status === 'closed' || poll.resultsVisibility === 'always') return false;
  if (me != null && me.id === poll.owner?.id) return false;
  return poll.resultsVisibility === 'after_close' || choice.myVote === null;
}
