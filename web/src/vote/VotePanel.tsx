/**
 * A poll's options to vote on, and after the vote its result. The same wherever a poll is
 * shown: in the feed, on its own page, in a widget.
 */
import { Trans, useLingui } from '@lingui/react/macro';
import type { Poll } from '~/api/client';
import { useTrack } from '~/live/useTrack';
import { useServices } from '~/services';
import { Spinner } from '~/ui/Page';
import { useAside } from './useAside';
import { useKeptFocus } from './useKeptFocus';
import { useVoting } from './useVoting';
import { VoteForm } from './VoteForm';

export interface VotePanelProps {
  poll: Poll;
  /** Is it on the screen? Only then it is followed. */
  onScreen?: boolean;
  /** After a vote that the server has confirmed. */
  onVoted?: () => void;
  /** The id of the heading that names the poll; else its title is said to screen readers. */
  labelledBy?: string;
}

export function VotePanel({ poll, onScreen = true, onVoted, labelledBy }: VotePanelProps) {
  useTrack(poll.id, onScreen);
  const voting = useVoting(poll, onVoted);
  const { box, now, ballot, view, detour, setDetour } = voting;
  const aside = useAside();
  const keepFocus = useKeptFocus(box, `${view} ${detour} ${aside !== null}`);
  const back = () => setDetour(null);

  return (
    <div ref={box} {...keepFocus} className="flex flex-col gap-3 bg-inherit">
      {view === 'form' && (
        <Form poll={poll} labelledBy={labelledBy} voting={voting} onBack={back} />
      )}
      {view === 'soon' && aside && <aside.NotOpenYet poll={poll} />}
      {view === 'outcome' && aside && (
        <aside.Outcome
          poll={poll}
          now={now}
          onScreen={onScreen}
          ballot={ballot}
          needsAccount={voting.needsAccount}
          onCast={voting.cast}
          onChange={() => setDetour('change')}
          onBack={voting.mayReturn ? back : undefined}
        />
      )}
      {view !== 'form' && !aside && <Loading />}
      {aside && <aside.VoteNotice poll={poll} ballot={ballot} />}
    </div>
  );
}

function Loading() {
  const { t } = useLingui();
  return <Spinner label={t`Loading…`} />;
}

interface FormProps {
  poll: Poll;
  labelledBy: string | undefined;
  voting: ReturnType<typeof useVoting>;
  onBack: () => void;
}

function Form({ poll, labelledBy, voting, onBack }: FormProps) {
  const { ballots } = useServices();
  const { now, ballot, detour, setDetour, cast } = voting;
  const isVoted = now.myVote !== null;
  const keep = () => {
    ballots.unsent.delete(poll.id);
    onBack();
  };
  const mayWatch = now.results !== null && !isVoted;
  return (
    <>
      {detour === 'takenBack' && (
        <p role="status" className="text-quiet">
          <Trans>Your vote is taken back.</Trans>
        </p>
      )}
      <VoteForm
        poll={poll}
        labelledBy={labelledBy}
        ballot={ballot}
        myVote={now.myVote}
        onCast={cast}
        onRecall={() => ballots.recall(poll.id)}
        onCancel={isVoted ? keep : undefined}
        onWatch={mayWatch ? () => setDetour('watch') : undefined}
      />
    </>
  );
}
