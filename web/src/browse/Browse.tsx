/** The feed in full: tools, and the list that scrolls from card to card. */
import { type RefObject, useRef } from 'react';
import { CardSkeleton } from '~/feed/FirstSight';
import { type Filter, hrefOf, isNarrowed } from '~/feed/filter';
import type { Focused } from '~/feed/handOver';
import { Screen, Slot } from '~/feed/Screen';
import type { Feed } from '~/feed/useFeed';
import { FeedList } from './FeedList';
import { FeedTools } from './FeedTools';
import { Failed, NoneClosed, NoneLeft, NothingFound } from './States';
import { UndoSkip } from './UndoSkip';
import { useFocusAfterRetry } from './useFocusFollows';
import { useLookAgain } from './useLookAgain';

interface StateProps {
  feed: Feed;
  filter: Filter;
}

interface BrowseProps extends StateProps {
  /** Where the focus was in the first card before the list was there. */
  focused: RefObject<Focused | null>;
}

export function Browse({ feed, filter, focused }: BrowseProps) {
  useLookAgain(filter, feed.atEnd);
  const slot = useRef<HTMLDivElement>(null);
  const retry = useFocusAfterRetry(slot, feed, focused);
  const hasCards = feed.polls !== undefined && feed.polls.length > 0;
  return (
    <>
      <FeedTools filter={filter} />
      {hasCards ? (
        <FeedList key={hrefOf(filter)} feed={feed} filter={filter} focused={focused} />
      ) : (
        <Screen busy={feed.isFetching}>
          <Slot box={slot}>
            <WhyNone feed={{ ...feed, retry }} filter={filter} />
          </Slot>
        </Screen>
      )}
      <UndoSkip />
    </>
  );
}

function WhyNone({ feed, filter }: StateProps) {
  if (feed.error !== null) return <Failed error={feed.error} onRetry={feed.retry} />;
  if (!feed.atEnd) return <CardSkeleton />;
  if (isNarrowed(filter)) return <NothingFound filter={filter} />;
  return filter.closed ? <NoneClosed /> : <NoneLeft />;
}
