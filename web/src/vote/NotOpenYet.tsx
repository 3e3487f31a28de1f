/** A poll that opens later: when, and how long that is. */
import { Trans, useLingui } from '@lingui/react/macro';
import type { Poll } from '~/api/client';
import { clock } from '~/api/sentence';
import { now } from '~/clock';
import { Icon } from '~/ui/Icon';

export function NotOpenYet({ poll }: { poll: Poll }) {
  const { i18n } = useLingui();
  if (poll.opensAt === null) return null;
  const opens = new Date(poll.opensAt);
  const time = clock(i18n, opens);
  return (
    <div className="flex flex-col gap-3">
      <p className="flex items-center gap-2 font-medium">
        <Icon name="clock" />
        <span>
          <Trans>Opens: {time}</Trans>{' '}
          <span className="text-quiet tabular-nums">({untilIn(i18n.locale, opens)})</span>
        </span>
      </p>
      <ul className="flex flex-col gap-2">
        {poll.options.map(({ index, text }) => (
          <li key={index} dir="auto" className="rounded-xl bg-sunken px-4 py-3">
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** "in 3 minutes", in the reader's language. */
export function untilIn(locale: string, when: Date): string {
  const seconds = Math.max(0, Math.round((when.getTime() - now()) / 1000));
  const format = new Intl.RelativeTimeFormat(locale);
  for (const [unit, size] of UNITS)
    if (seconds >= 2 * size) return format.format(Math.floor(seconds / size), unit);
  return format.format(seconds, 'second');
}
