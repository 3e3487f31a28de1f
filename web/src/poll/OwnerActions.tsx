/** What only a poll's owner may do with it. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { flushSync } from 'react-dom';
import { Link } from 'wouter';
import type { Poll } from '~/api/client';
import { useMe } from '~/session/session';
import { Button, ButtonLink, buttonClass } from '~/ui/Button';
import { Icon } from '~/ui/Icon';
import { useDeletePoll } from './actions';
import { CloseDialog } from './CloseDialog';
import { ConfirmDialog } from './ConfirmDialog';

export function useIsOwner(poll: Poll): boolean {
  const me = useMe();
  return me != null && me.id === poll.owner?.id;
}

interface OwnerActionsProps {
  poll: Pick<Poll, 'id' | 'title'>;
  status: Poll['status'];
  /** In a list: on a phone all but the first are pictures, side by side. */
  isCompact?: boolean;
  onEdit?: () => void;
  /** After what was asked for is done: where the focus goes on, for its button may be gone. */
  onClosed: () => void;
  onDeleted: () => void;
}

export function OwnerActions(props: OwnerActionsProps) {
  const { poll, status, isCompact = false, onEdit, onClosed, onDeleted } = props;
  const word = isCompact ? 'max-sm:sr-only' : '';
  const narrow = isCompact ? 'max-sm:px-3' : '';
  const [asked, setAsked] = useState<'close' | 'delete' | null>(null);
  const stop = () => setAsked(null);
  /** Outside of an open dialog nothing takes the focus. */
  const stopAnd = (goOn: () => void) => () => {
    flushSync(stop);
    goOn();
  };
  return (
    <div className={`flex flex-wrap gap-2 ${isCompact ? 'max-sm:gap-1' : ''}`}>
      {onEdit && (
        <Button icon="edit" onClick={onEdit}>
          <Trans>Edit</Trans>
        </Button>
      )}
      <ButtonLink href={`/present/${poll.id}`} kind="plain" icon="screen">
        <Trans>Present</Trans>
      </ButtonLink>
      <Link href={`/new?copy=${poll.id}`} className={buttonClass('plain', narrow)}>
        <Icon name="plus" />
        <span className={word}>
          <Trans>Duplicate</Trans>
        </span>
      </Link>
      <CsvLink pollId={poll.id} word={word} narrow={narrow} />
      {status !== 'closed' && (
        <Button icon="lock" className={narrow} onClick={() => setAsked('close')}>
          <span className={word}>
            <Trans>Close now</Trans>
          </span>
        </Button>
      )}
      <Button
        kind="danger"
        icon="trash"
        className={narrow}
        onClick={() => setAsked('delete')}
      >
        <span className={word}>
          <Trans>Delete</Trans>
        </span>
      </Button>
      {asked === 'close' && (
        <CloseDialog poll={poll} onClose={stop} onClosed={stopAnd(onClosed)} />
      )}
      {asked === 'delete' && (
        <DeleteDialog poll={poll} onClose={stop} onDeleted={stopAnd(onDeleted)} />
      )}
    </div>
  );
}

interface CsvLinkProps {
  pollId: number;
  word: string;
  narrow: string;
}

/** The server names the file. */
function CsvLink({ pollId, word, narrow }: CsvLinkProps) {
  return (
    <a
      href={`/api/polls/${pollId}/results.csv`}
      download
      className={buttonClass('plain', narrow)}
    >
      <Icon name="download" />
      <span className={word}>
        <Trans>Download CSV</Trans>
      </span>
    </a>
  );
}

interface DeleteDialogProps {
  poll: Pick<Poll, 'id' | 'title'>;
  onClose: () => void;
  onDeleted: () => void;
}

function DeleteDialog({ poll, onClose, onDeleted }: DeleteDialogProps) {
  const { t } = useLingui();
  const { id, title } = poll;
  const { mutate, isPending, error } = useDeletePoll(onDeleted);
  return (
    <ConfirmDialog
      title={t`Delete this poll?`}
      action={t`Delete for good`}
      icon="trash"
      isPending={isPending}
      error={error}
      onConfirm={() => mutate(id)}
      onClose={onClose}
    >
      <p>
        <Trans>
          “<bdi>{title}</bdi>”, its link and all of its votes will be gone. This cannot be
          undone.
        </Trans>
      </p>
    </ConfirmDialog>
  );
}
