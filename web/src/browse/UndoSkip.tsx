/** For eight seconds after a skip: a way back. Later there is one in the list of skips. */
import { Trans } from '@lingui/react/macro';
import { useEffect } from 'react';
import { useServices } from '~/services';
import { Button } from '~/ui/Button';
import { Refusal } from '~/ui/Refusal';
import { useUnskip } from '~/vote/useUnskip';
import { type LastSkip, offerUndo, tellBack, useLastSkip } from './lastSkip';

const OFFERED_MS = 8000;

export function UndoSkip() {
  const { client } = useServices();
  const last = useLastSkip();
  useEffect(() => {
    if (last === null) return;
    const timer = setTimeout(() => offerUndo(client, null), OFFERED_MS);
    return () => clearTimeout(timer);
  }, [client, last]);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-3 bottom-[calc(var(--bottom)+0.75rem)] z-10 flex justify-center"
    >
      {last !== null && <Offer key={last.poll.id} last={last} />}
    </div>
  );
}

function Offer({ last: { poll, putBack } }: { last: LastSkip }) {
  const { client } = useServices();
  const { unskip, isBusy, error } = useUnskip(poll.id, () => {
    putBack();
    tellBack(client, poll.id);
    offerUndo(client, null);
  });
  const { title } = poll;
  return (
    <div className="pointer-events-auto flex max-w-full flex-wrap items-center gap-x-3 gap-y-1 rounded-2xl border border-line bg-card py-1 ps-4 pe-1 shadow-card">
      {error !== null && <Refusal error={error} />}
      <span className="max-w-60 truncate">
        <Trans>Skipped:</Trans> <bdi>{title}</bdi>
      </span>
      <Button kind="quiet" icon="undo" disabled={isBusy} onClick={unskip}>
        <Trans>Undo</Trans>
      </Button>
    </div>
  );
}
