/** Below a card: skip it or go on, look at it closely, share it. */
import { Trans, useLingui } from '@lingui/react/macro';
import { Suspense, useState } from 'react';
import { Link } from 'wouter';
import type { Poll } from '~/api/client';
import { onDemand } from '~/loading/onDemand';
import { WaitingDialog } from '~/loading/WaitingDialog';
import { useIsDeleted } from '~/results/deletion';
import { Button, buttonClass, IconButton } from '~/ui/Button';
import { Icon } from '~/ui/Icon';
import { usePollResults } from '~/vote/usePollResults';

const ShareDialog = onDemand('share', () =>
  import('~/share/ShareDialog').then((m) => m.ShareDialog),
);

interface CardActionsProps {
  poll: Poll;
  isSkipping: boolean;
  onSkip: () => void;
  onNext?: (() => void) | undefined;
}

/** Where there is room for one of them, the word is worth more than the picture. */
const wordy = 'whitespace-nowrap max-[24rem]:px-3 max-[24rem]:*:[svg]:hidden';

export function CardActions({ poll, isSkipping, onSkip, onNext }: CardActionsProps) {
  const { t } = useLingui();
  const isDeleted = useIsDeleted(poll.id);
  const { myVote, skipped, status } = usePollResults(poll);
  const isDone = myVote !== null || skipped || status === 'closed';
  return (
    <div className="mt-auto flex items-center border-t border-line pt-3 min-[24rem]:gap-1">
      {isDone ? (
        <Button icon="down" className={wordy} onClick={onNext}>
          <Trans>Next poll</Trans>
        </Button>
      ) : (
        <Button
          icon="skip"
          className={wordy}
          disabled={isSkipping}
          onClick={onSkip}
          data-skip
        >
          <Trans>Skip</Trans>
        </Button>
      )}
      <span className="grow" />
      {!isDeleted && <FurtherActions poll={poll} />}
      {!isDone && <IconButton icon="down" label={t`Next poll`} onClick={onNext} />}
    </div>
  );
}

function FurtherActions({ poll }: { poll: Poll }) {
  const { t } = useLingui();
  return (
    <>
      <Link
        href={`/p/${poll.id}`}
        aria-label={t`Details`}
        title={t`Details`}
        className={buttonClass('quiet', 'min-w-11 px-2')}
      >
        <Icon name="info" />
      </Link>
      <ShareButton poll={poll} />
    </>
  );
}

function ShareButton({ poll }: { poll: Poll }) {
  const { t } = useLingui();
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <>
      <IconButton icon="share" label={t`Share`} onClick={() => setOpen(true)} />
      <Suspense fallback={<WaitingDialog title={t`Share`} onClose={close} />}>
        {isOpen && <ShareDialog poll={poll} onClose={close} />}
      </Suspense>
    </>
  );
}
