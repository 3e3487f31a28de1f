/**
 * The feed: one poll a screen. What the first poll needs to be drawn is here; all that goes
 * on from it (the list, keys, search, skip) is fetched after it: src/browse.
 */
import { useLingui } from '@lingui/react/macro';
import { Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { useSearch } from 'wouter';
import { remembered } from '~/lib/remember';
import { afterFirstSight, isInSight } from '~/loading/firstSight';
import { onDemandLater } from '~/loading/onDemand';
import { MARK } from '~/session/session';
import { useTitle } from '~/ui/useTitle';
import { FirstSight } from './FirstSight';
import { type Filter, filterOf } from './filter';
import type { Focused } from './handOver';
import { useFeed } from './useFeed';

const Browse = onDemandLater(
  'browse',
  () => import('~/browse/Browse').then((m) => m.Browse),
  afterFirstSight,
);

export function FeedPage() {
  const { t } = useLingui();
  const search = useSearch();
  const filter = useMemo(() => filterOf(search), [search]);
  useTitle('');
  const [isNewcomer] = useState(() => remembered(MARK) === null); // no jump on joining
  return (
    <main id="main" tabIndex={-1} className="flex h-(--screen) flex-col outline-none">
      <h1 className="sr-only">{t`Polls`}</h1>
      {isNewcomer && (
        <p className="intro">{t`Live polls: vote, and watch the result move.`}</p>
      )}
      <Feed filter={filter} />
    </main>
  );
}

function Feed({ filter }: { filter: Filter }) {
  const feed = useFeed(filter);
  const focused = useRef<Focused | null>(null);
  const hasAnswer = feed.polls !== undefined || feed.error !== null;
  useEffect(() => {
    if (hasAnswer) isInSight();
  }, [hasAnswer]);
  return (
    <Suspense fallback={<FirstSight poll={feed.polls?.[0]} focused={focused} />}>
      <Browse feed={feed} filter={filter} focused={focused} />
    </Suspense>
  );
}
