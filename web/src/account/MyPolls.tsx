/** What one has asked: how it stands, live, and what its owner may do with it. */
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Link, useSearch } from 'wouter';
import type { Poll } from '~/api/client';
import { useTrack } from '~/live/useTrack';
import { onDemand } from '~/loading/onDemand';
import { ButtonLink } from '~/ui/Button';
import { useOnScreen } from '~/ui/useOnScreen';
import { usePollResults } from '~/vote/usePollResults';
import { Card } from './Card';
import { PagedList } from './PagedList';
import { myPollsQuery, type Status } from './queries';
import { StatusFilter, statusOf, useStatusNames } from './StatusFilter';

/** Shared with the poll's own page, words and all. */
const OwnerActions = onDemand('poll', () =>
  import('~/poll/OwnerActions').then((m) => m.OwnerActions),
);

export function MyPolls() {
  const status = statusOf(useSearch());
  const query = useInfiniteQuery(myPollsQuery(status));
  return (
    <>
      <StatusFilter current={status} />
      <PagedList
        query={query}
        keyOf={(poll) => poll.id}
        empty={<NoPolls isFiltered={status !== null} />}
      >
        {(poll) => <MyPoll poll={poll} />}
      </PagedList>
    </>
  );
}

function NoPolls({ isFiltered }: { isFiltered: boolean }) {
  return (
    <Card>
      <p>
        {isFiltered ? (
          <Trans>None of your polls is in this state.</Trans>
        ) : (
          <Trans>You have not asked anything yet. What would you like to know?</Trans>
        )}
      </p>
      <p>
        <ButtonLink href="/new" kind="primary" icon="plus">
          <Trans>New poll</Trans>
        </ButtonLink>
      </p>
    </Card>
  );
}

function MyPoll({ poll }: { poll: Poll }) {
  const [ref, isOnScreen] = useOnScreen<HTMLLIElement>();
  useTrack(poll.id, isOnScreen);
  const { status, results } = usePollResults(poll);
  return (
    <li ref={ref} className="flex flex-col gap-3 rounded-2xl bg-card p-4 shadow-card">
      <div>
        <h2 dir="auto" className="font-semibold">
          <Link href={`/p/${poll.id}`} className="inline-block py-1 hover:underline">
            {poll.title}
          </Link>
        </h2>
        <Facts
          status={status}
          votes={results?.totalVotes ?? null}
          createdAt={poll.createdAt}
        />
      </div>
      <Suspense fallback={<div className="min-h-11" />}>
        <OwnerActions
          poll={poll}
          status={status}
          isCompact
          onClosed={() => focusTitle(ref.current)}
          onDeleted={() => focusNext(ref.current)}
        />
      </Suspense>
    </li>
  );
}

function focusTitle(item: Element | null): void {
  item?.querySelector('a')?.focus();
}

/** The line goes with the next answer: to the one below, else above, else the heading. */
function focusNext(item: Element | null): void {
  const next = item?.nextElementSibling ?? item?.previousElementSibling;
  if (next) focusTitle(next);
  else document.querySelector('h1')?.focus();
}

const DOTS: Record<Status, string> = {
  open: 'bg-good',
  scheduled: 'bg-warn',
  closed: 'bg-edge',
};

interface FactsProps {
  status: Status;
  votes: number | null;
  createdAt: string;
}

function Facts({ status, votes, createdAt }: FactsProps) {
  const { i18n } = useLingui();
  const names = useStatusNames();
  return (
    <p className="flex flex-wrap items-center gap-x-3 text-sm text-quiet">
      <span className="inline-flex items-center gap-1.5 font-medium text-ink">
        <span aria-hidden="true" className={`size-2 rounded-full ${DOTS[status]}`} />
        {names[status]}
      </span>
      {votes !== null && (
        <span className="font-medium text-ink tabular-nums">
          <Plural value={votes} one="# vote" other="# votes" />
        </span>
      )}
      <time dateTime={createdAt}>{i18n.date(createdAt, { dateStyle: 'medium' })}</time>
    </p>
  );
}
