/** A poll that opens later: when, and how long that is. */
import { Trans, useLingui } from '@lingui/react/macro';
import type { Poll } from '~/api/client';
import { clock, untilIn } from '~/api/sentence';
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
