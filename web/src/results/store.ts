/**
 * The newest result of each poll that the page has seen, from wherever it came: a page of
 * the feed, the answer to a vote, the live connection. The highest version wins, so what
 * arrives late never moves a bar back. Nothing here counts: counts are the server's.
 *
 * A message that hides the counts takes away those of an older version. Of the same version
 * it takes only what the connection itself has shown: just after a vote, it may not have
 * heard yet that this reader has voted, and the answer to the vote knows better.
 */
import type { Results } from '~/api/client';
import { KeyedStore } from '~/lib/KeyedStore';

export interface Live {
  readonly results: Results | null;
  /** The live connection has shown them. */
  readonly isShownLive: boolean;
  /** How many connections follow the poll now; null until the live connection says so. */
  readonly viewers: number | null;
  /** Also of messages that hide the counts. 0: nothing is known yet. */
  readonly version: number;
  readonly status: Results['status'] | null;
}

/** What the live connection brings; counts are missing where the reader may not see them. */
export interface Snapshot {
  pollId: number;
  version: number;
  status: Results['status'];
  /** Only the live connection says so. */
  viewers?: number;
  totalVotes?: number;
  options?: Results['options'];
}

export const NOTHING: Live = {
  results: null,
  isShownLive: false,
  viewers: null,
  version: 0,
  status: null,
};

function countsOf(snapshot: Snapshot): Results | null {
  const { pollId, version, status, totalVotes, options } = snapshot;
  if (totalVotes === undefined || options === undefined) return null;
  return { pollId, version, status, totalVotes, options };
}

export class ResultsStore extends KeyedStore<Live> {
  /** The reader's session has ended by itself: what they saw is not taken off their screen. */
  keepShown = false;

  /** Takes a result or a live snapshot; what is older than what is known is left. */
  offer(snapshot: Snapshot): void {
    const { pollId, version, status, viewers } = snapshot;
    const known = this.get(pollId) ?? NOTHING;
    if (version < known.version) return;
    const isLive = viewers !== undefined;
    const before = version === known.version ? known : NOTHING;
    const counts = countsOf(snapshot);
    const isKept = this.keepShown && counts === null;
    const isTaken = counts === null && isLive && before.isShownLive;
    const results = isKept ? known.results : isTaken ? null : (before.results ?? counts);
    const next: Live = {
      results,
      isShownLive: isLive ? counts !== null : before.isShownLive,
      viewers: viewers ?? known.viewers,
      version,
      status,
    };
    if (isChange(known, next)) this.set(pollId, next);
  }

  /** A refusal said so; the last counts come by themselves, with a version of their own. */
  close(pollId: number, seen: number): void {
    const version = Math.max(seen, this.get(pollId)?.version ?? 0);
    this.offer({ pollId, version, status: 'closed' });
  }

  /** The counts are no longer for this reader: they took their vote back. */
  hide(pollId: number): void {
    this.set(pollId, { ...(this.get(pollId) ?? NOTHING), results: null });
  }
}

function isChange(a: Live, b: Live): boolean {
  return (Object.keys(a) as (keyof Live)[]).some((key) => a[key] !== b[key]);
}
