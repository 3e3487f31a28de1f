/** What one has skipped, to be taken back. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, ButtonLink } from '~/ui/Button';
import { Refusal } from '~/ui/Refusal';
import { useUnskip } from '~/vote/useUnskip';
import { Card } from './Card';
import { PagedList } from './PagedList';
import { PollHeading } from './PollHeading';
import { mySkipsQuery } from './queries';

export function MySkips() {
  return (
    <PagedList
      query={useInfiniteQuery(mySkipsQuery)}
      keyOf={(skip) => skip.poll.id}
      empty={<NoSkips />}
    >
      {(skip) => <MySkip poll={skip.poll} skippedAt={skip.skippedAt} />}
    </PagedList>
  );
}

function NoSkips() {
  return (
    <Card>
      <p>
        <Trans>You have skipped nothing.</Trans>
      </p>
      <p>
        <ButtonLink href="/" kind="primary">
          <Trans>To the polls</Trans>
        </ButtonLink>
      </p>
    </Card>
  );
}

interface MySkipProps {
  poll: { id: number; title: string };
  skippedAt: string;
}

function MySkip({ poll, skippedAt }: MySkipProps) {
  const { t } = useLingui();
  const { unskip, isBusy, error } = useUnskip(poll.id);
  const { title } = poll;
  return (
    <li className="flex flex-col gap-3 rounded-2xl bg-card p-4 shadow-card">
      <div className="flex flex-wrap items-center gap-3">
        <PollHeading poll={poll} at={skippedAt} className="min-w-40 grow basis-0" />
        <Button
          icon="undo"
          aria-label={t`Take the skip back: ${title}`}
          disabled={isBusy}
          onClick={unskip}
        >
          <Trans>Take back</Trans>
        </Button>
      </div>
      {error !== null && <Refusal error={error} />}
    </li>
  );
}
