/** Whether what is on the screen is what is true now. */
import { Trans } from '@lingui/react/macro';
import { useLiveState } from '~/services';

export function LiveBadge() {
  const state = useLiveState();
  return (
    <span role="status" className="text-sm text-quiet">
      {state === 'live' ? <Trans>live</Trans> : <Trans>reconnecting</Trans>}
    </span>
  );
}
