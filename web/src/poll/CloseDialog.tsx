/** Asks the owner before their poll closes for all: on its page, in lists, on the projector. */
import { Trans, useLingui } from '@lingui/react/macro';
import type { Poll } from '~/api/client';
import { useClosePoll } from './actions';
import { ConfirmDialog } from './ConfirmDialog';

interface CloseDialogProps {
  poll: Pick<Poll, 'id' | 'title'>;
  onClose: () => void;
  onClosed: () => void;
}

export function CloseDialog({ poll, onClose, onClosed }: CloseDialogProps) {
  const { t } = useLingui();
  const { id, title } = poll;
  const { mutate, isPending, error } = useClosePoll();
  return (
    <ConfirmDialog
      title={t`Close this poll?`}
      action={t`Close now`}
      icon="lock"
      isPending={isPending}
      error={error}
      onConfirm={() => mutate(id, { onSuccess: onClosed })}
      onClose={onClose}
    >
      <p>
        <Trans>
          Nobody can vote on “<bdi>{title}</bdi>” from then on. To open it again, give it a
          later closing time.
        </Trans>
      </p>
    </ConfirmDialog>
  );
}
