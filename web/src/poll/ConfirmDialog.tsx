/** Asks before something that cannot be taken back; says why where it did not work. */
import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { sentenceOf } from '~/api/sentence';
import { Button } from '~/ui/Button';
import { Dialog } from '~/ui/Dialog';
import type { IconName } from '~/ui/Icon';
import { Notice } from '~/ui/Notice';

interface ConfirmDialogProps {
  title: string;
  /** What the button says: what will be done, not "yes". */
  action: string;
  icon: IconName;
  isPending: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, action, icon, isPending, error, onConfirm, onClose, children } = props;
  const { i18n } = useLingui();
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="flex flex-col gap-4">
        {children}
        {error != null && <Notice>{sentenceOf(i18n, error)}</Notice>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button kind="danger" icon={icon} disabled={isPending} onClick={onConfirm}>
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
