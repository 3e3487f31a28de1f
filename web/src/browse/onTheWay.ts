/** What happens to the walk (feed/walk.ts) while the reader goes along it. */
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Poll } from '~/api/client';
import type { Filter } from '~/feed/filter';
import {
  feedKey,
  fetchPage,
  KEY,
  keepOnly,
  type Page,
  type Pages,
  pollsOf,
} from '~/feed/walk';
import type { Services } from '~/services';

/** Fetches more when only this many polls are left ahead of the reader. */
const AHEAD = 4;

export function needsMore(current: number, count: number): boolean {
  return count - 1 - current <= AHEAD;
}

/** Where a poll stood: in which list, on which page of it, and before which poll. */
interface Left {
  key: QueryKey;
  page: number;
  at: number;
}

function placesOf(client: QueryClient, id: number): Left[] {
  return client.getQueriesData<Pages>({ queryKey: [KEY] }).flatMap(([key, pages]) =>
    (pages?.pages ?? []).flatMap(({ items }, page) => {
      const at = items.findIndex((poll) => poll.id === id);
      return at < 0 ? [] : [{ key, page, at }];
    }),
  );
}

function putBack(pages: Pages | undefined, { page, at }: Left, poll: Poll) {
  if (pages === undefined || pollsOf(pages).some(({ id }) => id === poll.id)) return pages;
  return {
    ...pages,
    pages: pages.pages.map((one, i) =>
      i === page ? { ...one, items: one.items.toSpliced(at, 0, poll) } : one,
    ),
  };
}

/** It was skipped: it leaves every list. Gives what puts it back where it was. */
export function leave(client: QueryClient, id: number): (poll: Poll) => void {
  const places = placesOf(client, id);
  client.setQueriesData<Pages>({ queryKey: [KEY] }, (pages) =>
    keepOnly(pages, (poll) => poll.id !== id),
  );
  return (poll) => {
    for (const place of places)
      client.setQueryData<Pages>(place.key, (pages) => putBack(pages, place, poll));
  };
}

/** Looks for polls that are new since the walk came to its end, and adds them behind it. */
export async function lookAgain(services: Services, filter: Filter): Promise<void> {
  const page = await fetchPage(services, filter, null);
  services.client.setQueryData<Pages>(
    feedKey(filter),
    (pages) => pages && append(pages, page),
  );
}

function append(walked: Pages, page: Page): Pages {
  const known = new Set(pollsOf(walked).map((poll) => poll.id));
  const items = page.items.filter((poll) => !known.has(poll.id));
  if (items.length === 0) return walked;
  // where known polls begin, all that follows was walked before
  const nextCursor = items.length === page.items.length ? page.nextCursor : null;
  return {
    pages: [...walked.pages, { items, nextCursor }],
    pageParams: [...walked.pageParams, null],
  };
}
