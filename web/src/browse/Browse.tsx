/** The feed in full: tools, and the list that scrolls from card to card. */
import { CardSkeleton } from '~/feed/FirstSight';
import { type Filter, hrefOf, isNarrowed } from '~/feed/filter';
import { Screen, Slot } from '~/feed/Screen';
import type { Feed } from '~/feed/useFeed';
import { FeedList } from './FeedList';
import { FeedTools } from './FeedTools';
import { AllSeen, Failed, NothingFound } from './States';
import { useLookAgain } from './useLookAgain';

interface BrowseProps {
  feed: Feed;
  filter: Filter;
}

export function Browse({ feed, filter }: BrowseProps) {
  useLookAgain(filter, feed.atEnd);
  const hasCards = feed.polls !== undefined && feed.polls.length > 0;
  return (
    <>
      <FeedTools filter={filter} />
      {hasCards ? (
        <FeedList key={hrefOf(filter)} feed={feed} filter={filter} />
      ) : (
        <Screen busy={feed.isFetching}>
          <Slot>
            <WhyNone feed={feed} filter={filter} />
          </Slot>
        </Screen>
      )}
    </>
  );
}

function WhyNone({ feed, filter }: BrowseProps) {
  if (feed.error !== null) return <Failed error={feed.error} onRetry={feed.retry} />;
  if (!feed.atEnd) return <CardSkeleton />;
  return isNarrowed(filter) ? <NothingFound filter={filter} /> : <AllSeen />;
}
