/** A user's session has ended by itself: said over what they see, which stays. */
import { Trans } from '@lingui/react/macro';
import { useCallback, useSyncExternalStore } from 'react';
import { useLocation } from 'wouter';
import { useServices } from '~/services';
import { Button, ButtonLink } from '~/ui/Button';

/** They say it themselves. */
const DOORS = ['/sign-in', '/register'];

export function Ended() {
  const { session } = useServices();
  const [path] = useLocation();
  const subscribe = useCallback((on: () => void) => session.onChange(on), [session]);
  const hasExpired = useSyncExternalStore(subscribe, () => session.hasExpired);
  if (!hasExpired || DOORS.includes(path)) return null;
  const next = encodeURIComponent(location.pathname + location.search);
  return (
    <div
      role="alert"
      className="fixed inset-x-3 bottom-20 z-30 mx-auto flex max-w-lg flex-wrap items-center justify-between gap-2 rounded-2xl bg-card p-4 shadow-card print:hidden"
    >
      <p>
        <Trans>Your session has ended. What you see stays; sign in to go on.</Trans>
      </p>
      <div className="flex flex-wrap gap-2">
        <ButtonLink kind="primary" href={`/sign-in?next=${next}`}>
          <Trans>Sign in</Trans>
        </ButtonLink>
        <Button kind="quiet" onClick={() => void session.signOut()}>
          <Trans>Go on without</Trans>
        </Button>
      </div>
    </div>
  );
}
