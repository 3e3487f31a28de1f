/** The poll in the document (src/api/poll_document.c): what a stranger may see of it. */
import type { QueryClient } from '@tanstack/react-query';
import { heard } from '~/lib/clock';
import { bearerToken } from './client';
import { pollQuery } from './queries';

/** Takes it, once, as the answer for that poll: unless somebody asks whom the document did not know. */
export function takeGivenPoll(client: QueryClient, id: number): void {
  const block = document.getElementById('poll');
  if (block === null) return;
  block.remove(); // later it is out of date
  hearClock(block.dataset.now ?? null);
  const poll = JSON.parse(block.textContent);
  if (poll.id === id && !bearerToken()) client.setQueryData(pollQuery(id).queryKey, poll);
}

/** The document's own `Date` cannot be read, so it says it once more. */
function hearClock(date: string | null): void {
  const loads = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const began = Date.now() - performance.now();
  heard(
    date,
    began + (loads[0]?.requestStart ?? 0),
    began + (loads[0]?.responseStart ?? 0),
  );
}
