/** A card with all that can be done with it. */
import { Trans, useLingui } from '@lingui/react/macro';
import { memo, Suspense } from 'react';
import { Link } from 'wouter';
import type { Poll } from '~/api/client';
import { CardFrame } from '~/feed/CardFrame';
import { hrefOf } from '~/feed/filter';
import { useKeyed } from '~/lib/KeyedStore';
import { onDemand } from '~/loading/onDemand';
import { useIsDeleted } from '~/results/deletion';
import { useServices } from '~/services';
import { Description } from '~/ui/Description';
import { Refusal } from '~/ui/Refusal';
import { usePollResults } from '~/vote/usePollResults';
import { CardActions } from './CardActions';
import { useSkip } from './useSkip';

const Countdown = onDemand('poll', () =>
  import('~/poll/Countdown').then((m) => m.Countdown),
);

interface PollCardProps {
  poll: Poll;
  position: number;
  count: number | null;
  onScreen: boolean;
  onNext: () => void;
}

export const PollCard = memo(function PollCard(props: PollCardProps) {
  const { poll, position, count, onScreen, onNext } = props;
  const { ballots } = useServices();
  const hasBallot = useKeyed(ballots, poll.id) !== undefined; // and a notice of its own
  const { skip, isLeaving, error } = useSkip(poll);
  return (
    <CardFrame
      poll={poll}
      position={position}
      count={count}
      onScreen={onScreen}
      about={<About poll={poll} />}
      actions={
        <>
          {error !== null && !hasBallot && <Refusal error={error} />}
          <CardActions poll={poll} isSkipping={isLeaving} onSkip={skip} onNext={onNext} />
        </>
      }
      className={`transition-[translate,opacity] duration-200 ${isLeaving ? '-translate-x-full opacity-0' : ''}`}
    />
  );
});

/** Like a poll's own page says it, and brought by it. */
function Closing({ poll }: { poll: Poll }) {
  const { status } = usePollResults(poll);
  if (useIsDeleted(poll.id)) return null; // said below
  if (status === 'closed') return <Trans>Closed</Trans>;
  return <Suspense>{poll.closesAt && <Countdown poll={poll} status={status} />}</Suspense>;
}

function About({ poll }: { poll: Poll }) {
  const { t } = useLingui();
  const { description, owner, tags } = poll;
  return (
    <>
      {description !== null && (
        <Description
          text={description}
          clamp="line-clamp-3"
          className="text-quiet"
          more={t`Show more`}
          less={t`Show less`}
        />
      )}
      <p className="-my-2 flex min-h-11 flex-wrap items-center gap-x-3 text-sm text-quiet">
        {owner && <bdi>{owner.username}</bdi>}
        <Closing poll={poll} />
        {tags.map((tag) => (
          <Link
            key={tag}
            href={hrefOf({ tags: [tag], q: '', sort: 'new' })}
            className="inline-flex min-h-11 min-w-11 items-center hover:text-ink hover:underline"
          >
            #{tag}
          </Link>
        ))}
      </p>
    </>
  );
}
