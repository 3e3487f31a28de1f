/**
 * A poll that its owner closed early ends when it was closed, not at the time that was set.
 * Live messages say that it is closed; when it was is asked of the server, by everybody at
 * another moment: the more are watching, the longer the time that it is spread over.
 */
import { useEffect } from 'react';
import type { Poll } from '~/api/client';
import { pollQuery } from '~/api/queries';
import { now } from '~/lib/clock';
import { useServices } from '~/services';
import type { PollResults } from '~/vote/usePollResults';

const LEAST_MS = 1000;
const MOST_MS = 60_000;
/** 200 a second. */
const EACH_MS = 5;

/** Is it closed, while what was fetched says that it is open? */
export function isEndUnknown(poll: Poll, status: Poll['status']): boolean {
  if (status !== 'closed' || poll.status === 'closed') return false;
  return poll.closesAt === null || Date.parse(poll.closesAt) > now();
}

export function spreadOver(viewers: number | null): number {
  return Math.min(MOST_MS, LEAST_MS + EACH_MS * (viewers ?? 0));
}

export function useTrueEnd(poll: Poll, { status, viewers }: PollResults): void {
  const { client } = useServices();
  const isUnknown = isEndUnknown(poll, status);
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn once, when it has closed
  useEffect(() => {
    if (!isUnknown) return;
    const ask = () => void client.invalidateQueries(pollQuery(poll.id));
    const timer = setTimeout(ask, Math.random() * spreadOver(viewers));
    return () => clearTimeout(timer);
  }, [client, poll.id, isUnknown]);
}
