/** Puts the reader where they were when they left the screen, and notes where they are. */
import { type RefObject, useCallback, useLayoutEffect } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { Poll } from '~/api/client';
import type { Filter } from '~/feed/filter';
import { placeIn, rememberPlace } from '~/feed/place';

export function useKeptPlace(
  list: RefObject<VirtualizerHandle | null>,
  polls: readonly Poll[],
  filter: Filter,
) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the list opens
  useLayoutEffect(() => {
    const place = placeIn(filter);
    const index = polls.findIndex((poll) => poll.id === place?.pollId);
    if (place !== undefined && index >= 0)
      list.current?.scrollToIndex(index, { align: 'start', offset: place.offset });
  }, []);

  return useCallback(
    (current: number) => {
      const poll = polls[current];
      const at = list.current;
      if (poll === undefined || at === null) return;
      const offset = at.scrollOffset - at.getItemOffset(current);
      rememberPlace(filter, { pollId: poll.id, offset });
    },
    [list, polls, filter],
  );
}
