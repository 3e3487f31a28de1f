/** In the place of a screen whose code is on its way. */
import { useLingui } from '@lingui/react/macro';
import { Spinner } from '~/ui/Spinner';
import { LoadAgain } from './LoadAgain';
import { useIsServerAway } from './newBuild';

export function Waiting({ label }: { label?: string }) {
  const { t } = useLingui();
  const isAway = useIsServerAway();
  return (
    <div className="text-center">
      <Spinner label={isAway ? t`Waiting for a connection…` : (label ?? t`Loading…`)} />
      {isAway && <LoadAgain />}
    </div>
  );
}
