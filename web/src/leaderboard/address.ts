/** What the leaderboard shows is in its address, so that it can be shared and gone back to. */
import type { operations } from '~/api/schema';

type Query = NonNullable<operations['getLeaderboard']['parameters']['query']>;
export type Window = NonNullable<Query['window']>;

export interface Shown {
  window: Window;
  tag: string | null;
}

export const WINDOWS: readonly Window[] = ['all', 'day', 'hour'];

/** Of a query like `?window=hour&tag=music`. */
export function shownOf(search: string): Shown {
  const query = new URLSearchParams(search);
  const window = WINDOWS.find((one) => one === query.get('window')) ?? 'all';
  return { window, tag: query.get('tag') || null };
}

export function addressOf({ window, tag }: Shown): string {
  const query = new URLSearchParams();
  if (window !== 'all') query.set('window', window);
  if (tag !== null) query.set('tag', tag);
  return query.size === 0 ? '/leaderboard' : `/leaderboard?${query}`;
}

/** The connection brings one list only: that of all time, of all tags. */
export function isLiveKind({ window, tag }: Shown): boolean {
  return window === 'all' && tag === null;
}
