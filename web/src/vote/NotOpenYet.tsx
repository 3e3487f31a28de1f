/** A poll that opens later: when, and how long that is. */
import { Trans, useLingui } from '@lingui/react/macro';
import type { Poll } from '~/api/client';
import { clock } from '~/api/sentence';
import { now } from '~/lib/clock';
import { Icon } from '~/ui/Icon';
import { formatLeft } from '~/vote/countdown';

export function NotOpenYet({ poll }: { poll: Poll }) {
  const { i18n } = useLingui();
  if (poll.opensAt === null) return null;
  const opens = new Date(poll.opensAt);
  const time = clock(i18n, opens);
  const left = opens.getTime() - now();
  return (
    <div className="flex flex-col gap-3">
      <p className="flex items-center gap-2 font-medium">
        <Icon name="clock" />
        <span>
          <Trans>Opens: {time}</Trans>{' '}
          <span className="text-quiet tabular-nums">({formatLeft(i18n.locale, left)})</span>
        </span>
      </p>
      <ul dir="auto" className="flex flex-col gap-2">
        {poll.options.map(({ index, text }) => (
          <li key={index} className="rounded-xl bg-sunken px-4 py-3">
            <span className="mixed-text">{text}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
