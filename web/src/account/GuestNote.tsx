/** What becomes of a guest's votes when they register or sign in: nothing moves. */
import { Trans } from '@lingui/react/macro';
import { Link } from 'wouter';
import { useMe } from '~/session/session';

export function GuestNote() {
  if (useMe()?.kind !== 'guest') return null;
  return (
    <p className="rounded-xl bg-sunken px-4 py-3 text-sm">
      <Trans>
        Your votes as a guest stay counted, but do not move to your account. Once you are
        signed in, you can no longer see, export or delete them:{' '}
        <Link href="/account" className="font-medium text-accent underline">
          do that first
        </Link>{' '}
        if you want to.
      </Trans>
    </p>
  );
}
