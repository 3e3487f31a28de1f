/** Why a vote is not there yet, or was refused. */
import { Trans } from '@lingui/react/macro';
import type { Poll } from '~/api/client';
import { isCode } from '~/api/error';
import { Notice } from '~/ui/Notice';
import { Refusal } from '~/ui/Refusal';
import { type Ballot, isRefusal } from './ballots';
import { AccountLinks, NeedsAccount } from './NeedsAccount';

interface VoteNoticeProps {
  poll: Poll;
  ballot: Ballot | undefined;
}

export function VoteNotice({ poll, ballot }: VoteNoticeProps) {
  if (ballot?.phase === 'offline')
    return (
      <Notice kind="warn">
        <Trans>
          You are offline. Your vote is kept, and sent as soon as there is a connection.
        </Trans>
      </Notice>
    );
  if (ballot?.phase === 'queued')
    return (
      <Notice kind="warn">
        <Trans>
          Many are joining right now. Your vote is kept, and sent by itself when it is your
          turn.
        </Trans>
      </Notice>
    );
  if (ballot?.phase === 'waiting')
    return (
      <Notice kind="warn">
        <Trans>
          There is no answer to your vote yet. It is sent again by itself, and counts once.
        </Trans>
      </Notice>
    );
  if (ballot?.phase !== 'failed') return null;
  const { error } = ballot;
  if (isCode(error, 'forbidden') && poll.voters === 'registered') return <NeedsAccount />;
  if (isCode(error, 'conflict'))
    return (
      <Notice kind="warn">
        <Trans>Your vote could not be changed. This is how it stands now.</Trans>
      </Notice>
    );
  return (
    <>
      <Refusal error={error} kind={isRefusal(error) ? 'warn' : 'bad'} />
      {isCode(error, 'unauthorized') && <AccountLinks />}
    </>
  );
}
