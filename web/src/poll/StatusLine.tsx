/** How a poll is doing now: open or not, until when, how many votes, how many watch. */
import { Plural, Trans } from '@lingui/react/macro';
import type { Poll, Results } from '~/api/client';
import { Icon } from '~/ui/Icon';
import { Countdown } from './Countdown';

interface StatusLineProps {
  poll: Poll;
  status: Poll['status'];
  results: Results | null;
  viewers: number | null;
}

export function StatusLine({ poll, status, results, viewers }: StatusLineProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm text-quiet">
      <StatusBadge status={status} />
      <Countdown poll={poll} status={status} />
      {results !== null && (
        <span translate="no" className="tabular-nums">
          <Plural value={results.totalVotes} one="# vote" other="# votes" />
        </span>
      )}
      {(status !== 'closed' || viewers !== null) && (
        <Viewers count={viewers || 1} isKnown={(viewers ?? 0) > 0} />
      )}
    </div>
  );
}

/**
 * Its place is kept until the number is here, on a phone a line of its own, however long it
 * is: nothing moves away from under a finger.
 */
function Viewers({ count, isKnown }: { count: number; isKnown: boolean }) {
  return (
    <span
      translate="no"
      className={`inline-flex items-center gap-1.5 tabular-nums max-sm:basis-full print:hidden ${isKnown ? '' : 'invisible'}`}
    >
      <Icon name="eye" className="size-4" />
      <Plural value={count} one="# person is watching" other="# people are watching" />
    </span>
  );
}

const STATUS = 'poll-status';

/** For whoever has just changed it. */
export function focusStatus(): void {
  document.getElementById(STATUS)?.focus();
}

const BADGES = {
  scheduled: 'text-warn',
  open: 'text-good',
  closed: 'text-quiet',
};

function StatusBadge({ status }: { status: Poll['status'] }) {
  return (
    <span
      id={STATUS}
      role="status"
      tabIndex={-1}
      className={`inline-flex items-center gap-1.5 rounded-full bg-sunken px-3 py-1 font-semibold ${BADGES[status]}`}
    >
      <span aria-hidden="true" className="size-2 rounded-full bg-current" />
      <StatusWord status={status} />
    </span>
  );
}

function StatusWord({ status }: { status: Poll['status'] }) {
  if (status === 'scheduled') return <Trans>Not open yet</Trans>;
  return status === 'open' ? <Trans>Open</Trans> : <Trans>Closed</Trans>;
}
