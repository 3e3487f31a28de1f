/**
 * The feed: one poll a screen. What the first poll needs to be drawn is here; all that goes
 * on from it (the list, keys, search, skip) is fetched after it: src/browse.
 */
import { useLingui } from '@lingui/react/macro';
import { Suspense, useEffect, useMemo, useRef } from 'react';
import { useSearch } from 'wouter';
import { afterFirstSight, isInSight } from '~/loading/firstSight';
import { onDemandLater } from '~/loading/onDemand';
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
  return (
    <main id="main" tabIndex={-1} className="flex h-(--screen) flex-col outline-none">
      <h1 className="sr-only">{t`Polls`}</h1>
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
