/** The frame of signing in and registering. Who is in already is sent on. */
import type { ReactNode } from 'react';
import { Link, Redirect, useSearch } from 'wouter';
import { useMe } from '~/session/session';
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
  if (useMe()?.kind === 'user') return <Redirect to={safeNext(search)} replace />;
  return (
    <Page title={title}>
      <div className="flex w-full max-w-md flex-col gap-5">
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
