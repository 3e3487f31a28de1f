/** Puts the reader where they were when they left the screen, and notes where they are. */
import {
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { Poll } from '~/api/client';
import type { Filter } from '~/feed/filter';
import { placeIn, rememberPlace } from '~/feed/place';
import { useServices } from '~/services';

export function useKeptPlace(
  list: RefObject<VirtualizerHandle | null>,
  polls: readonly Poll[],
  filter: Filter,
) {
  const { client } = useServices();
  const [{ initial, offset }] = useState(() => {
    const place = placeIn(client, filter);
    const index = polls.findIndex((poll) => poll.id === place?.pollId);
    return { initial: Math.max(index, 0), offset: index < 0 ? 0 : (place?.offset ?? 0) };
  });

  useLayoutEffect(() => {
    if (initial > 0 || offset > 0)
      list.current?.scrollToIndex(initial, { align: 'start', offset });
  }, [list, initial, offset]);

  const keep = useCallback(() => {
    const at = list.current;
    if (at === null) return;
    const current = at.findItemIndex(at.scrollOffset + at.viewportSize / 2);
    const poll = polls[current];
    if (poll === undefined) return;
    const into = Math.max(0, at.scrollOffset - at.getItemOffset(current));
    rememberPlace(client, filter, { pollId: poll.id, offset: into });
  }, [client, list, polls, filter]);
  // a skip puts another poll in the same place
  const isGone = !polls.some((poll) => poll.id === placeIn(client, filter)?.pollId);
  useEffect(() => {
    if (isGone) keep();
  }, [isGone, keep]);
  useAtTheEnd(keep);
  return { initial, keep };
}

/** Who leaves while the list still moves is not kept where they came from. */
function useAtTheEnd(keep: () => void): void {
  const newest = useRef(keep);
  useLayoutEffect(() => {
    newest.current = keep;
  });
  useLayoutEffect(() => () => newest.current(), []);
}
