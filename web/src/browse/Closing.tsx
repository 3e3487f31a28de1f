/** A card's closing time: a date while it is far, then a countdown, then that it is over. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useEffect, useState } from 'react';
import type { Poll } from '~/api/client';
import { useLiveResults } from '~/services';
import { Icon } from '~/ui/Icon';
import { NEAR, timeLeft, untilNext } from './timeLeft';

function useTimeLeft(closesAt: string, runs: boolean): number {
  const [left, setLeft] = useState(() => Date.parse(closesAt) - Date.now());
  useEffect(() => {
    if (!runs || left <= 0) return;
    const timer = setTimeout(
      () => setLeft(Date.parse(closesAt) - Date.now()),
      Math.min(untilNext(left), NEAR),
    );
    return () => clearTimeout(timer);
  }, [closesAt, runs, left]);
  return left;
}

export function Closing({ poll, onScreen }: { poll: Poll; onScreen: boolean }) {
  const isClosed = (useLiveResults(poll.id).status ?? poll.status) === 'closed';
  if (poll.closesAt === null && !isClosed) return null;
  return (
    <span className="inline-flex items-center gap-1.5">
      <Icon name="clock" className="size-4" />
      {isClosed || poll.closesAt === null ? (
        <Trans>Closed</Trans>
      ) : (
        <ClosesAt closesAt={poll.closesAt} onScreen={onScreen} />
      )}
    </span>
  );
}

function ClosesAt({ closesAt, onScreen }: { closesAt: string; onScreen: boolean }) {
  const { i18n } = useLingui();
  const left = useTimeLeft(closesAt, onScreen);
  if (left <= 0) return <Trans>Closed</Trans>;
  const when =
    left < NEAR
      ? timeLeft(i18n.locale, left)
      : i18n.date(closesAt, { dateStyle: 'medium' });
  return (
    <time dateTime={closesAt} className={left < NEAR ? 'font-medium text-warn' : undefined}>
      {left < NEAR ? <Trans>Closes {when}</Trans> : <Trans>Closes on {when}</Trans>}
    </time>
  );
}
