/** How many of the day's votes are used, and until when the others are there. */
import { plural } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import type { Me } from '~/api/client';
import { now } from '~/lib/clock';

/** The server's day ends at midnight in UTC. */
function endOfDay(): Date {
  return new Date(new Date(now()).setUTCHours(24, 0, 0, 0));
}

export function VotesToday({ me }: { me: Me }) {
  const { t, i18n } = useLingui();
  const { votesToday: used, votesLeftToday: left } = me;
  if (left === null)
    return (
      <p>
        <Plural value={used} one="# vote today" other="# votes today" />
      </p>
    );
  const most = used + left;
  const time = i18n.date(endOfDay(), { timeStyle: 'short' });
  return (
    <div className="flex flex-col gap-2">
      <p className="flex flex-wrap justify-between gap-x-4">
        <span className="font-medium">
          {t`${i18n.number(used)} of ${plural(most, { one: '# vote', other: '# votes' })} today`}
        </span>
        <span className="text-quiet">
          <Trans>
            {i18n.number(left)} left until {time}
          </Trans>
        </span>
      </p>
      <div aria-hidden="true" className="h-2 overflow-hidden rounded-full bg-sunken">
        <div
          className="h-full origin-left rounded-full bg-accent transition-transform duration-500 ease-bar"
          style={{ transform: `scaleX(${most === 0 ? 1 : used / most})` }}
        />
      </div>
    </div>
  );
}
