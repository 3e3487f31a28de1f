/**
 * A poll's options to vote on, and after the vote its result. The same wherever a poll is
 * shown: in the feed, on its own page, in a widget.
 */
import { Trans } from '@lingui/react/macro';
import { useState } from 'react';
import type { Poll } from '~/api/client';
import { useKeyed } from '~/KeyedStore';
import { type PollResults, usePollResults } from '~/results/usePollResults';
import { useServices, useTrack } from '~/services';
import { useMe } from '~/session/session';
import { NotOpenYet, useHasOpened } from './NotOpenYet';
import { Outcome } from './Outcome';
import { useKeptFocus } from './useKeptFocus';
import { VoteForm } from './VoteForm';
import { VoteNotice } from './VoteNotice';

export interface VotePanelProps {
  poll: Poll;
  /** Is it on the screen? Only then it is followed. */
  onScreen?: boolean;
  /** After a vote that the server has confirmed. */
  onVoted?: () => void;
  /** The id of the heading that names the poll; else its title is said to screen readers. */
  labelledBy?: string;
}

/** What the reader did last that has no vote for a trace. */
type Detour = 'watch' | 'change' | 'takenBack' | null;
type View = 'soon' | 'form' | 'outcome';

export function VotePanel({ poll, onScreen = true, onVoted, labelledBy }: VotePanelProps) {
  useTrack(poll.id, onScreen);
  const { ballots } = useServices();
  const now = usePollResults(poll);
  const ballot = useKeyed(ballots, poll.id);
  const me = useMe();
  const needsAccount =
    poll.voters === 'registered' && me !== undefined && me?.kind !== 'user';
  const hasOpened = useHasOpened(poll, now.status);
  const [detour, setDetour] = useState<Detour>(null);
  const view = viewOf(now, hasOpened, needsAccount, detour);
  const mayWatch = now.results !== null && now.myVote === null;
  const kept = useKeptFocus(`${view} ${detour}`);

  const cast = async (wish: number | null) => {
    const isFirst = now.myVote === null;
    if (!(await ballots.cast(poll, wish))) return;
    setDetour(wish === null ? 'takenBack' : null);
    if (isFirst && kept.ref.current !== null) onVoted?.(); // not when it is gone by now
  };

  return (
    <div {...kept} className="flex flex-col gap-3 bg-inherit">
      {view === 'soon' && <NotOpenYet poll={poll} />}
      {view === 'form' && detour === 'takenBack' && (
        <p role="status" className="text-quiet">
          <Trans>Your vote is taken back.</Trans>
        </p>
      )}
      {view === 'form' && (
        <VoteForm
          poll={poll}
          labelledBy={labelledBy}
          ballot={ballot}
          myVote={now.myVote}
          onCast={cast}
          onRecall={() => ballots.recall(poll.id)}
          onCancel={now.myVote === null ? undefined : () => setDetour(null)}
          onWatch={mayWatch ? () => setDetour('watch') : undefined}
        />
      )}
      {view === 'outcome' && (
        <Outcome
          poll={poll}
          now={now}
          ballot={ballot}
          needsAccount={needsAccount}
          onCast={cast}
          onChange={() => setDetour('change')}
          onBack={detour === 'watch' ? () => setDetour(null) : undefined}
        />
      )}
      <VoteNotice poll={poll} ballot={ballot} />
    </div>
  );
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
