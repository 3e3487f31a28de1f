/** Asks the owner before their poll closes for all. */
import { Trans, useLingui } from '@lingui/react/macro';
import { sentenceOf } from '~/api/sentence';
import { useClosePoll } from '~/poll/actions';
import { Button } from '~/ui/Button';
import { Dialog } from '~/ui/Dialog';
import { Notice } from '~/ui/Notice';

interface CloseDialogProps {
  pollId: number;
  onDone: () => void;
}

export function CloseDialog({ pollId, onDone }: CloseDialogProps) {
  const { t, i18n } = useLingui();
  const { mutate, isPending, error } = useClosePoll();
  return (
    <Dialog title={t`Close this poll now?`} onClose={onDone}>
      <div className="flex flex-col gap-4">
        <p>
          <Trans>Nobody can vote any more, and the result is final.</Trans>
        </p>
        {error !== null && <Notice>{sentenceOf(i18n, error)}</Notice>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onDone}>
            <Trans>Leave it open</Trans>
          </Button>
          <Button
            kind="primary"
            icon="lock"
            disabled={isPending}
            onClick={() => mutate(pollId, { onSuccess: onDone })}
          >
            <Trans>Close the poll</Trans>
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
