import { Plural, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Poll } from '~/api/client';
import { pollQuery } from '~/api/queries';
import { LiveBadge } from '~/live/LiveBadge';
import { Failure } from '~/ui/Failure';
import { Spinner } from '~/ui/Spinner';
import { useTitle } from '~/ui/useTitle';
import { OutcomeShown } from '~/vote/outcomeShown';
import { usePollResults } from '~/vote/usePollResults';
import { VotePanel } from '~/vote/VotePanel';
import '~/vote/aside'; // it is shown at once where the poll was voted on
import { useReportedHeight } from './useReportedHeight';

/** Buttons that stay at the lower edge need a ground, and room above them. */
const FLOWING = '[&_.sticky]:static';
const FLOWING_IF_LOW = '[@media(max-height:20rem)]:[&_.sticky]:static';

interface WidgetProps {
  id: number;
  isTransparent: boolean;
}

export function Widget({ id, isTransparent }: WidgetProps) {
  const { t } = useLingui();
  const measure = useReportedHeight(id);
  const ground = isTransparent ? FLOWING : `bg-ground ${FLOWING_IF_LOW}`;
  return (
    <main
      id="main"
      aria-label={t`Embedded poll`} // another name than that of a page around it
      ref={measure}
      className={`flex flex-col gap-3 overflow-x-clip p-3 ${ground}`}
    >
      <Content id={id} />
    </main>
  );
}

function Content({ id }: { id: number }) {
  const { t } = useLingui();
  const { data: poll, error, refetch } = useQuery(pollQuery(id));
  const [hasOutcome, setOutcome] = useState(false);
  useTitle(poll?.title ?? '');
  if (poll === undefined && error !== null)
    return (
      <Failure
        title={t`This poll cannot be shown`}
        error={error}
        onRetry={() => void refetch()}
      />
    );
  if (poll === undefined) return <Spinner label={t`Loading…`} />;
  return (
    <>
      <h1 id="title" dir="auto" className="text-lg leading-snug font-semibold">
        {poll.title}
      </h1>
      <OutcomeShown value={setOutcome}>
        <VotePanel poll={poll} labelledBy="title" />
      </OutcomeShown>
      <Footer poll={poll} tellsTotal={!hasOutcome} />
    </>
  );
}

/** The live state in words, also where the page's header has only a dot for it. */
const IN_WORDS = '[&_[role=status]>span:last-child]:not-sr-only!';

function Footer({ poll, tellsTotal }: { poll: Poll; tellsTotal: boolean }) {
  const { t } = useLingui();
  const { results, status } = usePollResults(poll);
  const isClosed = status === 'closed';
  return (
    <footer className="flex min-h-11 flex-wrap items-center gap-x-3 text-sm text-quiet">
      {results !== null && tellsTotal && (
        <span>
          <Plural value={results.totalVotes} one="# vote" other="# votes" />
        </span>
      )}
      {!isClosed && (
        <div className={IN_WORDS}>
          <LiveBadge />
        </div>
      )}
      <a
        href={`/p/${poll.id}`}
        target="_blank"
        rel="noopener"
        title={t`Open this poll in a new tab`}
        className="ms-auto inline-flex min-h-11 items-center gap-1.5 font-semibold text-ink"
      >
        <img src="/favicon.svg" alt="" className="size-5" />
        Pollux
      </a>
    </footer>
  );
}
