/**
 * A poll as it stands now: what it was when it was fetched, the live connection's newest
 * snapshot, and what the reader has done here since, in one.
 */
import type { Me, Poll, Results } from '~/api/client';
import type { Live } from '~/results/store';
import { useLiveResults } from '~/results/useLiveResults';
import { useMe } from '~/session/session';
import type { Choice } from './choices';
import { useChoice } from './useChoice';

export interface PollResults extends Choice {
  readonly results: Results | null;
  /** Why there are no counts: the poll's rule, not that they are not here yet. */
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
  const known = newest(poll.results, live);
  // What came before a vote was taken back is not for this reader, nor when it closes.
  const isOpen = status === 'open' || known?.status === 'open';
  const isStale = isHidden && isOpen && poll.resultsVisibility === 'after_vote';
  const results = isStale ? null : known;
  return {
    ...choice,
    status,
    results,
    isHidden: isHidden && results === null,
    viewers: live.viewers,
  };
}

/** A newer word of the live connection goes before what was fetched, also without counts. */
function newest(fetched: Results | null, live: Live): Results | null {
  const isTaken = live.results === null && live.hiddenVersion > 0;
  if (fetched === null || isTaken || live.version > fetched.version) return live.results;
  return live.results?.version === fetched.version ? live.results : fetched;
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
  if (me != null && me.id === poll.owner?.id) return false;
  if (poll.resultsVisibility === 'after_vote') return choice.myVote === null;
  return poll.resultsVisibility === 'after_close' && status !== 'closed';
}
