/** What is shown where there is no poll to show. */
import { Trans, useLingui } from '@lingui/react/macro';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { type ReactNode, useId } from 'react';
import { Link } from 'wouter';
import { api, data } from '~/api/client';
import { sentenceOf } from '~/api/sentence';
import { CardSkeleton } from '~/feed/FirstSight';
import { type Filter, hrefOf } from '~/feed/filter';
import { Button, ButtonLink, buttonClass } from '~/ui/Button';

/** An article, too: a feed has nothing else in it. */
function State({ title, children }: { title: ReactNode; children: ReactNode }) {
  const heading = useId();
  return (
    <article
      aria-labelledby={heading}
      className="m-auto flex max-w-md flex-col items-center gap-4 p-6 text-center"
    >
      <h2 id={heading} tabIndex={-1} className="rounded-lg text-xl font-bold">
        {title}
      </h2>
      {children}
    </article>
  );
}

export function NothingFound({ filter }: { filter: Filter }) {
  return (
    <State title={<Trans>Nothing found</Trans>}>
      <p className="text-quiet">
        {filter.closed ? (
          <Trans>No closed poll matches.</Trans>
        ) : (
          <Trans>No open poll matches, or you have seen all that do.</Trans>
        )}
      </p>
      <Link
        href={hrefOf({ ...filter, q: '', tags: [] })}
        className={buttonClass('primary')}
      >
        <Trans>Clear search</Trans>
      </Link>
      <WaysOn filter={filter} />
    </State>
  );
}

/** The end of what was asked for, and not of everything. */
export function AllOfThese() {
  return (
    <State title={<Trans>You have seen all of these.</Trans>}>
      <ButtonLink href="/" kind="primary" icon="polls">
        <Trans>All polls</Trans>
      </ButtonLink>
      <WaysOn />
    </State>
  );
}

/** Of everything nothing is left: all of it was seen, or there never was any. */
export function NoneLeft() {
  const { data: isAny = true, isPending } = useQuery(isAnyQuery);
  if (isPending) return <CardSkeleton />;
  return isAny ? <AllSeen /> : <NoneYet />;
}

const isAnyQuery = queryOptions({
  queryKey: ['polls', 'any'],
  queryFn: async () => {
    const query = { seen: 'include', limit: 1 } as const;
    return (await data(api.GET('/api/polls', { params: { query } }))).items.length > 0;
  },
});

export function NoneClosed() {
  return (
    <State title={<Trans>No poll has closed.</Trans>}>
      <ButtonLink href="/" kind="primary" icon="polls">
        <Trans>All polls</Trans>
      </ButtonLink>
    </State>
  );
}

function NoneYet() {
  return (
    <State title={<Trans>There are no polls yet.</Trans>}>
      <ButtonLink href="/new" kind="primary" icon="plus">
        <Trans>Ask the first question</Trans>
      </ButtonLink>
    </State>
  );
}

export function AllSeen() {
  return (
    <State title={<Trans>You have seen everything.</Trans>}>
      <p className="text-quiet">
        <Trans>New polls appear here.</Trans>
      </p>
      <ButtonLink href="/new" kind="primary" icon="plus">
        <Trans>Ask something yourself</Trans>
      </ButtonLink>
      <WaysOn />
    </State>
  );
}

const NO_FILTER: Filter = { tags: [], q: '', sort: 'new' };

/** Nothing is left to vote on, but there is something to see. */
function WaysOn({ filter = NO_FILTER }: { filter?: Filter }) {
  const { t } = useLingui();
  return (
    <nav aria-label={t`More to see`}>
      <ul className="flex flex-wrap justify-center gap-2">
        <li>
          <ButtonLink href="/account?tab=skips">
            <Trans>What you skipped</Trans>
          </ButtonLink>
        </li>
        <li>
          <ButtonLink href="/account?tab=votes">
            <Trans>Results of your votes</Trans>
          </ButtonLink>
        </li>
        {!filter.closed && (
          <li>
            <ButtonLink href={hrefOf({ ...filter, closed: true })}>
              <Trans>Closed polls</Trans>
            </ButtonLink>
          </li>
        )}
      </ul>
    </nav>
  );
}

export function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { i18n } = useLingui();
  return (
    <State title={<Trans>The polls could not be loaded</Trans>}>
      <p role="alert">{sentenceOf(i18n, error)}</p>
      <Button kind="primary" onClick={onRetry}>
        <Trans>Try again</Trans>
      </Button>
    </State>
  );
}
