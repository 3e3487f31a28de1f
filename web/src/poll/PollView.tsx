/** A poll with everything about it: the vote, how it is doing, its rules, how to pass it on. */
import { Trans, useLingui } from '@lingui/react/macro';
import { Suspense, useState } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import type { Poll } from '~/api/client';
import { onDemand } from '~/loading/onDemand';
import { WaitingDialog } from '~/loading/WaitingDialog';
import { Button } from '~/ui/Button';
import { Description } from '~/ui/Description';
import { Page } from '~/ui/Page';
import { type PollResults, usePollResults } from '~/vote/usePollResults';
import { VotePanel } from '~/vote/VotePanel';
import '~/vote/aside'; // it is shown at once where the poll was voted on
import { OwnerActions, useIsOwner } from './OwnerActions';
import { PollRules } from './PollRules';
import { Printout } from './Printout';
import { focusStatus, StatusLine } from './StatusLine';
import { Timeline } from './Timeline';
import { useTrueEnd } from './useTrueEnd';

const ShareDialog = onDemand('share', () =>
  import('~/share/ShareDialog').then((m) => m.ShareDialog),
);
const EditDialog = onDemand('poll', () => import('./EditDialog').then((m) => m.EditDialog));

export function PollView({ poll }: { poll: Poll }) {
  const now = usePollResults(poll);
  useTrueEnd(poll, now);
  return (
    <Page title={poll.title} wide>
      <Intro poll={poll} now={now} />
      <Printout poll={poll} results={now.results} />
      <div className="flex flex-col gap-6 lg:grid lg:grid-cols-[minmax(0,1fr)_18rem] lg:items-start">
        <div className="flex min-w-0 flex-col gap-6 print:hidden">
          <section className="rounded-2xl bg-card p-4 shadow-card sm:p-6">
            <VotePanel poll={poll} onScreen />
          </section>
          {now.results !== null && <Timeline poll={poll} status={now.status} />}
        </div>
        <aside className="flex flex-col gap-6">
          <Sharing poll={poll} />
          <PollRules poll={poll} status={now.status} isSkipped={now.skipped} />
          <OwnerPart poll={poll} now={now} />
        </aside>
      </div>
    </Page>
  );
}

function Intro({ poll, now }: { poll: Poll; now: PollResults }) {
  const { t } = useLingui();
  return (
    <div className="flex flex-col gap-3">
      <StatusLine
        poll={poll}
        status={now.status}
        results={now.results}
        viewers={now.viewers}
      />
      {poll.description && (
        <Description
          text={poll.description}
          clamp="line-clamp-6"
          more={t`Show more`}
          less={t`Show less`}
        />
      )}
      <div className="flex min-h-11 flex-wrap items-center gap-x-2 text-sm text-quiet">
        <Owner poll={poll} />
        {poll.tags.map((tag) => (
          <Link
            key={tag}
            href={`/?tag=${encodeURIComponent(tag)}`}
            className="group inline-flex min-h-11 min-w-11 items-center justify-center print:min-h-0"
          >
            <span className="rounded-full bg-sunken px-3 py-1 font-medium text-ink group-hover:bg-line">
              #{tag}
            </span>
          </Link>
        ))}
      </div>
    </div>
  );
}

function Owner({ poll }: { poll: Poll }) {
  const name = poll.owner?.username;
  if (name === undefined) return <Trans>Its owner has left.</Trans>;
  return (
    <span className="me-2">
      <Trans>
        Asked by{' '}
        <strong dir="auto" className="text-ink">
          {name}
        </strong>
      </Trans>
    </span>
  );
}

/** Open at once where the address asks for it: behind a poll that was just created. */
function Sharing({ poll }: { poll: Poll }) {
  const { t } = useLingui();
  const isAsked = new URLSearchParams(useSearch()).has('share');
  const [isOpen, setOpen] = useState(isAsked);
  const [path, navigate] = useLocation();
  const close = () => {
    setOpen(false);
    if (isAsked) navigate(path, { replace: true }); // not again with a reload
  };
  return (
    <div className="flex print:hidden">
      <Button icon="share" className="grow" onClick={() => setOpen(true)}>
        <Trans>Share this poll</Trans>
      </Button>
      <Suspense fallback={<WaitingDialog title={t`Share this poll`} onClose={close} />}>
        {isOpen && <ShareDialog poll={poll} onClose={close} />}
      </Suspense>
    </div>
  );
}

function OwnerPart({ poll, now }: { poll: Poll; now: PollResults }) {
  const { t } = useLingui();
  const [isEditing, setEditing] = useState(false);
  const close = () => setEditing(false);
  const [, navigate] = useLocation();
  if (!useIsOwner(poll)) return null;
  const hasVotes = now.results === null || now.results.totalVotes > 0;
  return (
    <section className="flex flex-col gap-3 border-t border-line pt-5 print:hidden">
      <h2 className="font-semibold">
        <Trans>Your poll</Trans>
      </h2>
      <OwnerActions
        poll={poll}
        status={now.status}
        onEdit={() => setEditing(true)}
        onClosed={focusStatus}
        onDeleted={() => navigate('/account', { replace: true })}
      />
      <Suspense fallback={<WaitingDialog title={t`Edit the poll`} onClose={close} />}>
        {isEditing && (
          <EditDialog poll={poll} status={now.status} hasVotes={hasVotes} onClose={close} />
        )}
      </Suspense>
    </section>
  );
}
