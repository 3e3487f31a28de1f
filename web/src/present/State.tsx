/** How the poll stands: open, how long still, final; and whether the numbers are of now. */
import { Trans } from '@lingui/react/macro';
import { type ReactNode, Suspense } from 'react';
import type { Poll } from '~/api/client';
import { LiveBadge } from '~/live/LiveBadge';
import { onDemand } from '~/loading/onDemand';
import { Icon } from '~/ui/Icon';
import type { PollResults } from '~/vote/usePollResults';

/** As on the poll's own page, words and all. */
const Countdown = onDemand('poll', () =>
  import('~/poll/Countdown').then((m) => m.Countdown),
);

interface StateProps {
  poll: Poll;
  now: PollResults;
  isRevealed: boolean;
  isIdle: boolean;
}

export function State({ poll, now, isRevealed, isIdle }: StateProps) {
  const { status } = now;
  const isShown = isRevealed && now.results !== null;
  const isPlain = isShown && status === 'open'; // the bars say so to who sees them
  return (
    <div className="flex flex-wrap items-center gap-x-[3vmin] text-lg">
      <p
        role="status"
        className={isPlain ? 'sr-only' : 'inline-flex items-center gap-2 font-semibold'}
      >
        {status === 'closed' && <Icon name="lock" className="size-[1.2em]" />}
        <Standing status={status} isShown={isShown} isRevealed={isRevealed} />
      </p>
      <div className="font-semibold empty:hidden">
        <Suspense>
          <Countdown poll={poll} status={status} />
        </Suspense>
      </div>
      {status !== 'closed' && (
        // its button is for the presenter, and goes with the others
        <div
          className={`[&_button]:transition-opacity ${isIdle ? '[&_button:not(:focus-visible)]:opacity-0' : ''}`}
        >
          <LiveBadge />
        </div>
      )}
    </div>
  );
}

interface StandingProps {
  status: Poll['status'];
  isShown: boolean;
  isRevealed: boolean;
}

/** Also says to those who do not see it when the result is revealed. */
function Standing({ status, isShown, isRevealed }: StandingProps): ReactNode {
  if (status === 'scheduled') return <Trans>Not open yet</Trans>;
  if (status === 'closed' && !isRevealed)
    return <Trans>Closed — the result is still hidden (R)</Trans>;
  if (status === 'closed')
    return isShown ? <Trans>Closed — final result</Trans> : <Trans>Closed</Trans>;
  return isShown ? (
    <Trans>The result is shown</Trans>
  ) : (
    <Trans>The result is still hidden</Trans>
  );
}
