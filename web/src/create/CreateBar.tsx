/** Always in reach: the button, and why it did not work. */
import { Plural, Trans } from '@lingui/react/macro';
import { Link } from 'wouter';
import { isCode } from '~/api/error';
import { useMe } from '~/session/session';
import { Button } from '~/ui/Button';
import { Notice } from '~/ui/Notice';
import { Refusal } from '~/ui/Refusal';
import { useDraftForm } from './DraftForm';

interface CreateBarProps {
  isBusy: boolean;
  error: unknown;
  /** Has the reader tried? */
  isChecked: boolean;
}

export function CreateBar({ isBusy, error, isChecked }: CreateBarProps) {
  const { draft, faults } = useDraftForm();
  const me = useMe();
  const wrong = isChecked ? Object.keys(faults).length : 0;
  const isRefusal = isCode(error, 'invalid'); // said at its fields
  return (
    <div className="sticky bottom-[var(--covered,0px)] -mx-4 flex flex-col gap-3 border-t border-line bg-ground px-4 py-3">
      {wrong > 0 && (
        <Notice>
          <Plural
            value={wrong}
            one="One thing needs another look."
            other="# things need another look."
          />
        </Notice>
      )}
      {error !== null && !(isRefusal && wrong > 0) && <Failure error={error} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" kind="primary" disabled={isBusy} className="grow sm:grow-0">
          {isBusy ? <Trans>Creating…</Trans> : <Trans>Create poll</Trans>}
        </Button>
        {me !== undefined && me?.kind !== 'user' && draft.title !== '' && (
          <p className="text-sm text-quiet">
            <Trans>Next you register, and then come back here.</Trans>
          </p>
        )}
      </div>
    </div>
  );
}

function Failure({ error }: { error: unknown }) {
  if (isCode(error, 'timeout', 'unreadable'))
    return (
      <Notice kind="warn">
        <Trans>
          The server did not answer. Just try again: it will be one poll, even if it is
          there already.
        </Trans>
      </Notice>
    );
  if (isCode(error, 'conflict')) return <MadeBefore />;
  return <Refusal error={error} />;
}

/** An answer was lost, and the draft has been changed since. */
function MadeBefore() {
  return (
    <Notice kind="warn">
      <Trans>
        This draft had become a poll before you changed it. Look at{' '}
        <Link href="/account" className="underline">
          your polls
        </Link>
        . If you try again, there will be two.
      </Trans>
    </Notice>
  );
}
