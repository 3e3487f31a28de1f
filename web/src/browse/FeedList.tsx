/** The list of cards: only those near the screen exist, and one is read at a time. */
import { type RefObject, useCallback, useEffect, useRef } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { Poll } from '~/api/client';
import { CardSkeleton } from '~/feed/FirstSight';
import { type Filter, isNarrowed } from '~/feed/filter';
import type { Focused } from '~/feed/handOver';
import { Screen, Slot } from '~/feed/Screen';
import type { Feed } from '~/feed/useFeed';
import { focusHeading, slotAt } from './cardElement';
import { needsMore } from './onTheWay';
import { PollCard } from './PollCard';
import { AllOfThese, AllSeen, Failed } from './States';
import { SwipeAway } from './SwipeAway';
import { useFeedKeys } from './useFeedKeys';
import { useFocusFollows, useTakenOver } from './useFocusFollows';
import { useGoesBack } from './useGoesBack';
import { useKeptPlace } from './useKeptPlace';
import { useReading } from './useReading';
import { useWheel } from './useWheel';

interface FeedListProps {
  feed: Feed;
  filter: Filter;
  focused: RefObject<Focused | null>;
}

/** A card's height before it is known; nearly all are as high as the screen. */
const GUESS = innerHeight * 0.8;

/** Behind the last card. */
const END = null;

export function FeedList({ feed, filter, focused }: FeedListProps) {
  const { polls = [], fetchMore } = feed;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const place = useKeptPlace(list, polls, filter);
  const reading = useReading(list, polls.length + 1, place.initial);
  const { sight, move } = reading;
  const go = useCallback(
    (by: number) => {
      const index = move(by);
      focusHeading(slotAt(scroller.current, index));
    },
    [move],
  );
  const goOn = useCallback(() => go(1), [go]);
  useFeedKeys(scroller, sight.current, go);
  useWheel(scroller, sight.current, go);
  useGoesBack(scroller, polls, reading.goTo);
  const takeOver = useTakenOver(scroller, place.initial, focused);
  const retry = useFocusFollows(scroller, feed, sight.current);
  useEffect(() => {
    if (needsMore(sight.current, polls.length)) fetchMore();
  });

  const onResize = () => {
    reading.measured();
    takeOver();
  };
  const onScrollEnd = () => {
    reading.arrive();
    place.keep();
  };
  return (
    <Screen busy={feed.isFetching} scroller={scroller}>
      <Virtualizer
        ref={list}
        scrollRef={scroller}
        data={[...polls, END]}
        itemSize={GUESS}
        keepMounted={neighbours(sight.current, polls.length)}
        onScroll={reading.scrolled}
        onScrollEnd={onScrollEnd}
        onResize={onResize}
      >
        {(poll: Poll | null, index) => (
          <Slot key={poll?.id ?? 'end'} index={index}>
            {poll === null ? (
              <End feed={{ ...feed, retry }} filter={filter} />
            ) : (
              <SwipeAway>
                <PollCard
                  poll={poll}
                  position={index + 1}
                  count={feed.atEnd ? polls.length : null}
                  onScreen={index >= sight.first && index <= sight.last}
                  onNext={goOn}
                />
              </SwipeAway>
            )}
          </Slot>
        )}
      </Virtualizer>
    </Screen>
  );
}

/** The cards that a key moves to: there before they are seen, to take the focus. */
function neighbours(current: number, last: number): number[] {
  return [current - 1, current, current + 1].filter((index) => index >= 0 && index <= last);
}

function End({ feed, filter }: { feed: Feed; filter: Filter }) {
  if (feed.error !== null) return <Failed error={feed.error} onRetry={feed.retry} />;
  if (!feed.atEnd) return <CardSkeleton />;
  return isNarrowed(filter) || filter.closed ? <AllOfThese /> : <AllSeen />;
}
