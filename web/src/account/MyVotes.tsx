/** What one has voted on. A line opens to show the choice: only then its poll is fetched. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { pollQuery } from '~/api/queries';
import { sentenceOf } from '~/api/sentence';
import { ButtonLink, IconButton } from '~/ui/Button';
import { Notice } from '~/ui/Notice';
import { Spinner } from '~/ui/Page';
import { VotePanel } from '~/vote/VotePanel';
import { Card } from './Card';
import { PagedList } from './PagedList';
import { PollHeading } from './PollHeading';
import { myVotesQuery } from './queries';

export function MyVotes() {
  return (
    <PagedList
      query={useInfiniteQuery(myVotesQuery)}
      keyOf={(vote) => vote.poll.id}
      empty={<NoVotes />}
    >
      {(vote) => <MyVote poll={vote.poll} votedAt={vote.votedAt} />}
    </PagedList>
  );
}

function NoVotes() {
  return (
    <Card>
      <p>
        <Trans>You have not voted yet. There is always something to decide.</Trans>
      </p>
      <p>
        <ButtonLink href="/" kind="primary">
          <Trans>To the polls</Trans>
        </ButtonLink>
      </p>
    </Card>
  );
}

interface MyVoteProps {
  poll: { id: number; title: string };
  votedAt: string;
}

function MyVote({ poll, votedAt }: MyVoteProps) {
  const { t } = useLingui();
  const [isOpen, setOpen] = useState(false);
  const panel = useId();
  const { title } = poll;
  return (
    <li className="flex flex-col gap-3 rounded-2xl bg-card p-4 shadow-card">
      <div className="flex items-center gap-3">
        <PollHeading poll={poll} at={votedAt} className="min-w-0 grow" />
        <IconButton
          icon={isOpen ? 'up' : 'down'}
          label={isOpen ? t`Hide my choice: ${title}` : t`Show my choice: ${title}`}
          className="shrink-0"
          aria-expanded={isOpen}
          aria-controls={isOpen ? panel : undefined}
          onClick={() => setOpen(!isOpen)}
        />
      </div>
      {isOpen && (
        <div id={panel}>
          <MyChoice pollId={poll.id} />
        </div>
      )}
    </li>
  );
}

function MyChoice({ pollId }: { pollId: number }) {
  const { t, i18n } = useLingui();
  const { data: poll, error } = useQuery(pollQuery(pollId));
  if (error !== null) return <Notice>{sentenceOf(i18n, error)}</Notice>;
  if (poll === undefined) return <Spinner label={t`Loading…`} />;
  return <VotePanel poll={poll} />;
}
