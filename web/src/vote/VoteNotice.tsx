/** Why a vote is not there yet, or was refused. */
import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import type { Poll } from '~/api/client';
import { isCode } from '~/api/error';
import { sentenceOf } from '~/api/sentence';
import { Notice } from '~/ui/Notice';
import { type Ballot, isRefusal } from './ballots';
import { AccountLinks, NeedsAccount } from './NeedsAccount';

interface VoteNoticeProps {
  poll: Poll;
  ballot: Ballot | undefined;
}

export function VoteNotice({ poll, ballot }: VoteNoticeProps) {
  const { i18n } = useLingui();
  if (ballot?.phase === 'offline')
    return (
      <Notice kind="warn">
        <Trans>
          You are offline. Your vote is kept, and sent as soon as there is a connection.
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
  const sentence = isCode(error, 'conflict')
    ? i18n._(msg`Your vote could not be changed. This is how it stands now.`)
    : sentenceOf(i18n, error);
  return (
    <>
      <Notice kind={isRefusal(error) ? 'warn' : 'bad'}>{sentence}</Notice>
      {isCode(error, 'unauthorized') && <AccountLinks />}
    </>
  );
}
