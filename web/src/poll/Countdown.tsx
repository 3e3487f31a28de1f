/**
 * The time until a poll opens or closes. At zero it only says so: that the poll is open or
 * closed comes over the live connection, to everybody who watches, without anyone asking.
 */
import { Trans, useLingui } from '@lingui/react/macro';
import { useEffect, useState } from 'react';
import type { Poll } from '~/api/client';
import { now } from '~/lib/clock';
import { Icon } from '~/ui/Icon';
import { formatClock, formatWords, isNear, nextEvent, nextTick } from '~/vote/countdown';

/** Milliseconds until a moment: every second when it is near, else every minute. */
function useTimeLeft(until: number): number {
  const [time, setTime] = useState(now);
  const left = until - time;
  useEffect(() => {
    const delay = nextTick(left);
    if (delay === null) return;
    const timer = setTimeout(() => setTime(now()), delay);
    return () => clearTimeout(timer);
  }, [left]);
  return left;
}

interface CountdownProps {
  poll: Pick<Poll, 'opensAt' | 'closesAt'>;
  status: Poll['status'];
}

export function Countdown({ poll, status }: CountdownProps) {
  const next = nextEvent(poll, status);
  return next && <Running key={next.at.getTime()} {...next} />;
}

function Running({ kind, at }: { kind: 'opens' | 'closes'; at: Date }) {
  const { i18n } = useLingui();
  const left = useTimeLeft(at.getTime());
  const date = i18n.date(at, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <span role="timer" translate="no" className="inline-flex items-center gap-1.5">
      <Icon name="clock" className="size-[1.15em]" />
      <time dateTime={at.toISOString()} title={date} className="tabular-nums">
        {kind === 'opens' ? <Opens left={left} /> : <Closes left={left} />}
      </time>
    </span>
  );
}

function Opens({ left }: { left: number }) {
  const { i18n } = useLingui();
  const clock = formatClock(left);
  const words = formatWords(i18n.locale, left);
  if (left <= 0) return <Trans>Opening now…</Trans>;
  return isNear(left) ? <Trans>Opens in {clock}</Trans> : <Trans>Opens {words}</Trans>;
}

function Closes({ left }: { left: number }) {
  const { i18n } = useLingui();
  const clock = formatClock(left);
  const words = formatWords(i18n.locale, left);
  if (left <= 0) return <Trans>Closing now…</Trans>;
  return isNear(left) ? <Trans>Closes in {clock}</Trans> : <Trans>Closes {words}</Trans>;
}
