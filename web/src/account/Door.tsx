/** The frame of signing in and registering. Who is in already is sent on. */
import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { Link, Redirect, useSearch } from 'wouter';
import { useServices } from '~/services';
import { useMe } from '~/session/session';
import { Notice } from '~/ui/Notice';
import { Page } from '~/ui/Page';
import { Card } from './Card';
import { GuestNote } from './GuestNote';
import { safeNext, withNext } from './next';

interface DoorProps {
  title: string;
  children: ReactNode;
  /** The way to the other door. */
  question: string;
  otherPath: string;
  other: string;
}

export function Door({ title, children, question, otherPath, other }: DoorProps) {
  const search = useSearch();
  const { session } = useServices();
  if (useMe()?.kind === 'user') return <Redirect to={safeNext(search)} replace />;
  return (
    <Page title={title}>
      <div className="flex w-full max-w-md flex-col gap-5">
        {session.hasExpired && <Expired next={safeNext(search)} />}
        <GuestNote />
        <Card>{children}</Card>
        <p className="px-1 text-quiet">
          {question}{' '}
          <Link
            href={withNext(otherPath, search)}
            className="inline-flex min-h-11 items-center font-medium text-accent underline"
          >
            {other}
          </Link>
        </p>
      </div>
    </Page>
  );
}

/** Somebody was here, and is sent to this door in the middle of something. */
function Expired({ next }: { next: string }) {
  return (
    <Notice kind="warn">
      {next === '/new' ? (
        <Trans>Your session has ended. Your draft is kept: sign in to go on with it.</Trans>
      ) : (
        <Trans>Your session has ended. Sign in again to go on.</Trans>
      )}
    </Notice>
  );
}
