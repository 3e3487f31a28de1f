/** The time until the poll opens or closes, for a whole room to see. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useEffect, useState } from 'react';
import type { Poll } from '~/api/client';
import { now } from '~/clock';
import { Icon } from '~/ui/Icon';
import { formatLeft, untilNextSecond } from './clock';

interface ClockProps {
  poll: Pick<Poll, 'opensAt' | 'closesAt'>;
  status: Poll['status'];
}

export function Clock({ poll, status }: ClockProps) {
  if (status === 'closed') return null;
  const time = status === 'scheduled' ? poll.opensAt : poll.closesAt;
  if (time === null) return null;
  return (
    <p role="timer" className="inline-flex items-center gap-2 font-semibold tabular-nums">
      <Icon name="clock" className="size-[1.2em]" />
      <Words key={time} time={time} isOpening={status === 'scheduled'} />
    </p>
  );
}

/** At zero it waits: that the poll has opened or closed, the server says. */
function Words({ time, isOpening }: { time: string; isOpening: boolean }) {
  const { i18n } = useLingui();
  const at = Date.parse(time);
  const left = useTimeLeft(at);
  const when =
    formatLeft(left) ?? i18n.date(at, { dateStyle: 'medium', timeStyle: 'short' });
  if (formatLeft(left) === null)
    return isOpening ? <Trans>Opens {when}</Trans> : <Trans>Closes {when}</Trans>;
  return isOpening ? <Trans>Opens in {when}</Trans> : <Trans>Closes in {when}</Trans>;
}

function useTimeLeft(at: number): number {
  const [time, setTime] = useState(now);
  const left = at - time;
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setTime(now()), untilNextSecond(left));
    return () => clearTimeout(timer);
  }, [left]);
  return left;
}
