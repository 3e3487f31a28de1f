/** What there is to see without a form: the result, one's own vote, and what can be undone. */
import { Plural, Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import type { Poll } from '~/api/client';
import { Announcer } from '~/live/Announcer';
import { Bars } from '~/results/Bars';
import { useIsDeleted } from '~/results/deletion';
import { useServices } from '~/services';
import { useMe } from '~/session/session';
import { Button } from '~/ui/Button';
import { Deleted } from '~/ui/Deleted';
import { Icon } from '~/ui/Icon';
import { Refusal } from '~/ui/Refusal';
import { type Ballot, isUnderWay } from './ballots';
import { NeedsAccount } from './NeedsAccount';
import { useTellShown } from './outcomeShown';
import type { PollResults } from './usePollResults';
import { useUnskip } from './useUnskip';

interface OutcomeProps {
  poll: Poll;
  now: PollResults;
  onScreen: boolean;
  ballot: Ballot | undefined;
  needsAccount: boolean;
  onCast: (wish: null) => void;
  onChange: () => void;
  onBack: (() => void) | undefined;
}

export function Outcome(props: OutcomeProps) {
  return useIsDeleted(props.poll.id) ? (
    <div tabIndex={-1}>
      <Deleted />
    </div>
  ) : (
    <Standings {...props} />
  );
}

function Standings(props: OutcomeProps) {
  const { poll, now, onScreen, ballot, needsAccount, onCast, onChange, onBack } = props;
  const { results, myVote, status } = now;
  const mayUndo = poll.voteChange && myVote !== null && status === 'open' && !needsAccount;
  const isBusy = isUnderWay(ballot);
  useTellShown();
  return (
    <>
      {results === null ? (
        <MyVote poll={poll} myVote={myVote} />
      ) : (
        <Bars options={poll.options} results={results} myVote={myVote} />
      )}
      {onScreen && <Announcer poll={poll} results={results} />}
      <p
        translate="no"
        tabIndex={-1}
        className="flex flex-wrap justify-between gap-x-4 text-quiet"
      >
        <Standing now={now} />{' '}
        {results && <Total votes={results.totalVotes} isOver={status === 'closed'} />}
      </p>
      {results === null && <NoCounts poll={poll} now={now} />}
      {now.skipped && status === 'open' && <TakeSkipBack poll={poll} />}
      {myVote !== null && status === 'open' && <VotesLeft />}
      {mayUndo && (
        <div className="flex flex-wrap gap-2">
          <Button onClick={onChange} disabled={isBusy}>
            <Trans>Change vote</Trans>
          </Button>
          <Button
            kind="quiet"
            icon="undo"
            onClick={() => onCast(null)}
            aria-disabled={isBusy}
          >
            {isBusy ? <Trans>Taking back…</Trans> : <Trans>Take back</Trans>}
          </Button>
        </div>
      )}
      {onBack && (
        <Button icon="left" onClick={onBack} className="self-start">
          <Trans>Back to voting</Trans>
        </Button>
      )}
      {needsAccount && status === 'open' && myVote === null && !now.skipped && (
        <NeedsAccount />
      )}
    </>
  );
}

/** Where the reader stands with this poll. */
function Standing({ now }: { now: PollResults }): ReactNode {
  if (now.status === 'closed') return <Trans>This poll is closed.</Trans>;
  if (now.skipped) return <Trans>You skipped this poll.</Trans>;
  return now.myVote !== null && <Trans>Your vote counts.</Trans>;
}

/** To a poll that is over none can come. */
function Total({ votes, isOver }: { votes: number; isOver: boolean }) {
  return (
    <span className="ms-auto tabular-nums">
      {isOver ? (
        <Plural value={votes} one="# vote" other="# votes" />
      ) : (
        <Plural value={votes} _0="No votes yet" one="# vote" other="# votes" />
      )}
    </span>
  );
}

/** Then it can be voted on. */
function TakeSkipBack({ poll }: { poll: Poll }) {
  const { unskip, isBusy, error } = useUnskip(poll.id);
  return (
    <>
      {error !== null && <Refusal error={error} />}
      <Button icon="undo" className="self-start" disabled={isBusy} onClick={unskip}>
        <Trans>Take back</Trans>
      </Button>
    </>
  );
}

/** Few are left today: better known before than after. */
function VotesLeft() {
  const left = useMe()?.votesLeftToday;
  if (left == null || left > 5) return null;
  return (
    <p className="text-sm font-medium text-warn">
      <Plural
        value={left}
        _0="That was your last vote for today."
        one="You have # vote left today."
        other="You have # votes left today."
      />
    </p>
  );
}

/** In place of bars. */
function MyVote({ poll, myVote }: { poll: Poll; myVote: number | null }) {
  const mine = poll.options.find(({ index }) => index === myVote);
  if (mine === undefined) return null;
  return (
    <p dir="auto" className="flex min-h-12 items-center gap-3 rounded-xl bg-mine px-4 py-2">
      <Icon name="check" />
      <span className="grow">{mine.text}</span>
      <span className="shrink-0 text-sm font-semibold">
        <Trans>your vote</Trans>
      </span>
    </p>
  );
}

function NoCounts({ poll, now }: { poll: Poll; now: PollResults }) {
  const { ballots } = useServices();
  return (
    <>
      <p>
        <WhyNoCounts poll={poll} now={now} />
      </p>
      {!now.isHidden && (
        <Button className="self-start" onClick={() => void ballots.lookUp(poll.id)}>
          <Trans>Look now</Trans>
        </Button>
      )}
    </>
  );
}

function WhyNoCounts({ poll, now }: { poll: Poll; now: PollResults }) {
  if (!now.isHidden)
    return <Trans>The counts are not here yet. They come in a moment.</Trans>;
  if (poll.resultsVisibility === 'after_close')
    return <Trans>Results are shown when the poll closes.</Trans>;
  if (now.status === 'closed' || now.skipped)
    return <Trans>Only those who voted see the results.</Trans>;
  return <Trans>Results are shown after your vote.</Trans>;
}
