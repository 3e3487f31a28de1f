/**
 * The feed: one poll a screen. What the first poll needs to be drawn is here; all that goes
 * on from it (the list, keys, search, skip) is fetched meanwhile: src/browse.
 */
import { useLingui } from '@lingui/react/macro';
import { Suspense, useEffect, useMemo } from 'react';
import { useSearch } from 'wouter';
import { onDemand } from '~/app/onDemand';
import { useTitle } from '~/ui/Page';
import { FirstSight } from './FirstSight';
import { type Filter, filterOf } from './filter';
import { useFeed } from './useFeed';

const importBrowse = () => import('~/browse/Browse').then((m) => m.Browse);
const Browse = onDemand('browse', importBrowse);

export function FeedPage() {
  const { t } = useLingui();
  const search = useSearch();
  const filter = useMemo(() => filterOf(search), [search]);
  useTitle('');
  useEffect(() => {
    importBrowse().catch(() => undefined); // what has failed shows when it is needed
  }, []);
  return (
    <main id="main" tabIndex={-1} className="flex h-(--screen) flex-col outline-none">
      <h1 className="sr-only">{t`Polls`}</h1>
      <Feed filter={filter} />
    </main>
  );
}

function Feed({ filter }: { filter: Filter }) {
  const feed = useFeed(filter);
  return (
    <Suspense fallback={<FirstSight poll={feed.polls?.[0]} />}>
      <Browse feed={feed} filter={filter} />
    </Suspense>
  );
}
