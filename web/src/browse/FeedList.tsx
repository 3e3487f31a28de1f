/** The list of cards: only those near the screen exist, and one is read at a time. */
import { useCallback, useEffect, useRef } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { Poll } from '~/api/client';
import { CardSkeleton } from '~/feed/FirstSight';
import type { Filter } from '~/feed/filter';
import { Screen, Slot } from '~/feed/Screen';
import type { Feed } from '~/feed/useFeed';
import { cardAt, focusHeading } from './cardElement';
import { needsMore } from './onTheWay';
import { PollCard } from './PollCard';
import { AllSeen, Failed } from './States';
import { SwipeAway } from './SwipeAway';
import { useFeedKeys } from './useFeedKeys';
import { useKeptPlace } from './useKeptPlace';
import { useReading } from './useReading';
import { useWheel } from './useWheel';

interface FeedListProps {
  feed: Feed;
  filter: Filter;
}

/** A card's height before it is known; nearly all are as high as the screen. */
const GUESS = innerHeight * 0.8;

/** Behind the last card. */
const END = null;

export function FeedList({ feed, filter }: FeedListProps) {
  const { polls = [], fetchMore } = feed;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const { sight, look, arrive, move } = useReading(list, polls.length + 1);
  const keepPlace = useKeptPlace(list, polls, filter);
  const go = useCallback(
    (by: number) => {
      const index = move(by);
      focusHeading(cardAt(scroller.current, index));
    },
    [move],
  );
  const goOn = useCallback(() => go(1), [go]);
  useFeedKeys(scroller, sight.current, go);
  useWheel(scroller, sight.current, go);
  useEffect(() => {
    if (needsMore(sight.current, polls.length)) fetchMore();
  });
  useEffect(() => keepPlace(sight.current), [keepPlace, sight]);

  const onScrollEnd = () => {
    arrive();
    keepPlace(sight.current);
  };
  return (
    <Screen busy={feed.isFetching} scroller={scroller}>
      <Virtualizer
        ref={list}
        scrollRef={scroller}
        data={[...polls, END]}
        itemSize={GUESS}
        keepMounted={neighbours(sight.current, polls.length)}
        onScroll={look}
        onScrollEnd={onScrollEnd}
        onResize={look}
      >
        {(poll: Poll | null, index) =>
          poll === null ? (
            <Slot key="end">
              <End feed={feed} />
            </Slot>
          ) : (
            <Slot key={poll.id}>
              <SwipeAway>
                <PollCard
                  poll={poll}
                  position={index + 1}
                  count={feed.atEnd ? polls.length : null}
                  onScreen={index >= sight.first && index <= sight.last}
                  onNext={goOn}
                />
              </SwipeAway>
            </Slot>
          )
        }
      </Virtualizer>
    </Screen>
  );
}

/** The cards that a key moves to: there before they are seen, to take the focus. */
function neighbours(current: number, last: number): number[] {
  return [current - 1, current, current + 1].filter((index) => index >= 0 && index <= last);
}

function End({ feed }: { feed: Feed }) {
  if (feed.error !== null) return <Failed error={feed.error} onRetry={feed.retry} />;
  return feed.atEnd ? <AllSeen /> : <CardSkeleton />;
}
