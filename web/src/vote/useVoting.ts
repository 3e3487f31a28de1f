/** What a reader can do with a poll here and now, and does. */
import { useRef, useState } from 'react';
import type { Poll } from '~/api/client';
import { useKeyed } from '~/lib/KeyedStore';
import { useServices } from '~/services';
import { useMe } from '~/session/session';
import { useHasOpened } from './useHasOpened';
import { type PollResults, usePollResults } from './usePollResults';

/** What the reader did last that has no vote for a trace. */
type Detour = 'watch' | 'change' | 'takenBack' | null;
type View = 'soon' | 'form' | 'outcome';

export function useVoting(poll: Poll, onVoted: (() => void) | undefined) {
  const { ballots } = useServices();
  const now = usePollResults(poll);
  const ballot = useKeyed(ballots, poll.id);
  const needsAccount = useNeedsAccount(poll);
  const hasOpened = useHasOpened(poll, now.status);
  const [detour, setDetour] = useState<Detour>(null);
  const box = useRef<HTMLDivElement>(null);

  const cast = async (wish: number | null) => {
    const isFirst = now.myVote === null;
    if (!(await ballots.cast(poll, wish))) return;
    setDetour(wish === null ? 'takenBack' : null);
    if (isFirst && box.current !== null) onVoted?.(); // not when it is gone by now
  };

  const viewAt = (where: Detour) => viewOf(now, hasOpened, needsAccount, where);
  const view = viewAt(detour);
  /** The poll may have closed, or got the reader's vote, while they watched. */
  const mayReturn = detour === 'watch' && viewAt(null) === 'form';
  return { box, now, ballot, needsAccount, view, mayReturn, detour, setDetour, cast };
}

/** As long as it is not known who is here, the server decides. */
function useNeedsAccount(poll: Poll): boolean {
  const me = useMe();
  return poll.voters === 'registered' && me !== undefined && me?.kind !== 'user';
}

function viewOf(
  now: PollResults,
  hasOpened: boolean,
  needsAccount: boolean,
  detour: Detour,
): View {
  if (now.status === 'scheduled' && !hasOpened) return 'soon';
  if (now.status === 'closed' || now.skipped || needsAccount) return 'outcome';
  if (now.myVote === null) return detour === 'watch' ? 'outcome' : 'form';
  return detour === 'change' ? 'form' : 'outcome';
}
